/** One of the ranks that sameWeights.test.ts starts: trains; rank 0 prints what each has. */
import type { Launcher } from '../../../src/ranks/launcher.node.ts';
import { findLauncher } from '../../../src/ranks/launcher.node.ts';
import { openJob } from '../../../src/ranks/openJob.node.ts';
import { gatherTexts } from '../../../src/ranks/texts.ts';
import { trained } from './trained.ts';

const job = await openJob(findLauncher() as Launcher);
const all = await gatherTexts(job, JSON.stringify(await trained(job, job.size)));
if (job.rank === 0) console.log(`[${all.join()}]`);
job.close();
