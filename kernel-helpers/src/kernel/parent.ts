const CHECK_EVERY_MS = 1000;

/**
 * End this kernel when Jupyter is gone, as Python's kernel does: after `kill -9` of Jupyter nobody else would.
 * Jupyter names itself in JPY_PARENT_PID; without it somebody else looks after the kernel.
 */
export function endWithParent(): void {
  const parent = Number(process.env.JPY_PARENT_PID);
  if (!parent || process.ppid !== parent) {
    return;
  }
  setInterval(() => {
    if (process.ppid !== parent) {
      process.exit(0);
    }
  }, CHECK_EVERY_MS).unref();
}
