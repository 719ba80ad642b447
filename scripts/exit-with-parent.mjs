// Loaded into the server (--import): when the process that started it is killed outright, it ends by itself
// instead of holding its port for ever.
const PATIENCE_MS = 4000;

process.once("disconnect", () => {
  setTimeout(() => process.exit(1), PATIENCE_MS).unref();
  process.kill(process.pid, "SIGTERM");
});
process.channel?.unref();
