import { openWebGpu } from '/work/half/src/kernels/webgpu/index.ts';
import { openCpu } from '/work/half/src/kernels/cpu/index.ts';
import { train } from '/work/half/src/train/loop.ts';
import { notes, smallTraining } from '/work/half/test/train/smallTraining.ts';
const run = async (d:any, more: string[]=[]) => { const n = notes(); const r:any[]=[]; n.onTrain=(s,rep)=>{n.losses.push(rep.loss); r.push(rep);}; const alloc:number[]=[]; n.onStep=()=>{alloc.push(d.memory.allocations)};
 await train(await smallTraining(d,['log.every=1','train.steps=50','data.masking.choice=exact',...more]),0,n); return {n, r, alloc}; };
const d = await openWebGpu({precision:'f16'}); 
const c = await openCpu({threads:1});
const t=performance.now();
for (const more of [[],['model.preset=bert'],['model.preset=modern'],['train.accumulate=2']]) {
const a=await run(d,more); const b=await run(c,more);
console.log(more, 'max rel', Math.max(...a.n.losses.map((l,i)=>Math.abs(l-b.n.losses[i])/b.n.losses[i])), a.n.losses.at(-1), b.n.losses.at(-1), a.alloc[1], a.alloc[49]);
console.log(a.r.slice(0,6).map(x=>[x.gradNorm,x.lossScale,x.skippedSteps]), b.r.slice(0,6).map(x=>x.gradNorm), a.r.at(-1));
}
console.log(performance.now()-t);
await d.close(); await c.close();
