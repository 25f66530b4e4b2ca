// Loaded before a measured program: at its end it writes what the process itself has used, to descriptor 3.
const { writeSync } = require("node:fs");

process.once("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeSync(3, JSON.stringify({ cpuUs: userCPUTime + systemCPUTime, rssPeakKiB: maxRSS }));
});
