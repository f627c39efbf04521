/** A program that starts a control plane: `hold` waits to be killed, `leave` ends without stopping, `keep` leaves it running. */
import { startControlPlane } from '../../src/sandbox/control-plane.ts';

const mode = process.argv[2];
const { folder, kubeconfig } = await startControlPlane({
  keep: mode === 'keep',
  log: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ folder, kubeconfig })}\n`);
if (mode === 'hold') setInterval(() => {}, 60_000);
