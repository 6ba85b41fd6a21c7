// Waits for the attempt's outcome, then shows it in place of this page.
(async () => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  for (let failures = 0; ; ) {
    const asked = Date.now();
    try {
      const answer = await fetch(location.pathname + "/outcome", { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      if ((await answer.json()).outcome !== "pending") return location.replace(location.pathname);
      failures = 0;
      // An answer at once means that too many wait: ask less often.
      await pause(Date.now() - asked < 1000 ? 3000 : 250);
    } catch {
      failures += 1;
      await pause(Math.min(1000 * 2 ** failures, 15000));
    }
  }
})();
