import type { Metadata, Viewport } from "next";
import { theme } from "#transports/page.ts";
import "./globals.css";

// Every page, 404 included, is rendered for its request, so that it carries that request's nonce (design §13).
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "MindFlow", template: "%s · MindFlow" },
  description: "A task manager that an AI assistant can safely use.",
  robots: { index: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  viewportFit: "cover",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fcfbf9" },
    { media: "(prefers-color-scheme: dark)", color: "#111519" },
  ],
};

export default async function RootLayout({ children }: Readonly<{ children: React.ReactNode }>) {
  const chosen = await theme();
  return (
    <html lang="en" {...(chosen === "system" ? {} : { "data-theme": chosen })}>
      <body>{children}</body>
    </html>
  );
}
