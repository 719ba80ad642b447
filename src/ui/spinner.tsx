/** Turns while work is under way; the control that holds it says so in words (`aria-busy`). */
export function Spinner() {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      className="size-4 flex-none animate-[spin_.7s_linear_infinite]"
    >
      <circle cx="8" cy="8" r="6" opacity=".25" />
      <path d="M14 8a6 6 0 0 0-6-6" strokeLinecap="round" />
    </svg>
  );
}
