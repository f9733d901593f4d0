// Prints how soon a reflector's copy of many ProwJobs on a real kube-apiserver is equal to a fresh list after connections
// were cut, the server was restarted and its version was forgotten, and how much memory the process takes.
//   npm run bench:watch [-- OBJECTS [CHANGES]]
import { startRealKube, whyNoRealKube } from "../test/contracts/real-kube.ts";
import { followThroughTrouble } from "../test/kube/follow-through-trouble.ts";
import { figure } from "./figure.ts";

const [count = 100_000, changes = 1_000] = process.argv.slice(2).map(Number);

const missing = whyNoRealKube();
if (missing) {
  console.log(`bench:watch is skipped: ${missing}`);
  process.exit(0);
}
const server = await startRealKube();
try {
  let peak = 0;
  const began = performance.now();
  for await (const { after, equalAfterMs, tells, cuts } of followThroughTrouble(server, {
    ...{ count, changes, random: Math.random },
  })) {
    if (after === "first list")
      console.log(
        `${count} ProwJobs were there after ${((performance.now() - began - equalAfterMs) / 1000).toFixed(0)} s.`,
      );
    peak = Math.max(peak, tells.peakMiB);
    const bench = `watch-${after.replaceAll(" ", "-")}`;
    figure(`After ${after}, copy and list are equal`, bench, equalAfterMs / 1000, "s", { most: 60 });
    console.log(
      `It holds ${tells.count} objects in ${tells.residentMiB.toFixed(0)} MiB; connections cut: ${cuts}.`,
    );
    for (const warning of tells.warnings) console.log(`It warned: ${warning}`);
  }
  figure("Resident at most", "watch-resident", peak, "MiB", { most: 1024 });
} finally {
  await server.close();
}
