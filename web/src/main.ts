import { workOffline } from './offline.ts'; // first: it narrows the page's policy
import { started } from './startUp.ts'; // then this, to say what fails in those below
// eslint-disable-next-line import/no-unassigned-import -- before libraries that ask for the language
import './view/language.ts';
import defaults from '../default.yaml?view';
import { connect, reasonOf } from './connect.ts';
import type { EngineEvent, PathAndBlob, Phase, Reason, RunSummary } from './protocol.ts';
import { startEngine } from './startEngine.ts';
import { alert, clearAlert, report, say } from './view/alert.ts';
import { AttentionPanel } from './view/asking/attentionPanel.ts';
import { askForText } from './view/run/askForText.ts';
import { ContinueOffer } from './view/run/continueOffer.ts';
import { ControlBar } from './view/run/controlBar.ts';
import { Curves, spoken } from './view/charts/curves.ts';
import { byId } from './view/dom.ts';
import { onDrop } from './view/dropping.ts';
import { chooseFiles, handOver, isRun } from './view/files.ts';
import { FillPanel } from './view/asking/fillPanel.ts';
import { bytes, count } from './view/format.ts';
import { showLinks } from './view/links.ts';
import { ModelPanel } from './view/model/modelPanel.ts';
import { Player } from './view/recorded/player.ts';
import { Notes } from './view/run/notes.ts';
import { SavedPanel } from './view/run/savedPanel.ts';
import { SimilarPanel } from './view/asking/similarPanel.ts';
import { SetUp } from './view/setUp/setUp.ts';
import { drawNow } from './view/paced.ts';
import { setUpTheme } from './view/theme.ts';

setUpTheme();
showLinks();

const worker = startEngine();
worker.addEventListener('error', ({ message }) => failed(message || 'the page’s engine did not start'));
const engine = connect(worker, heard);

let phase: Phase = 'idle';
let run: RunSummary | undefined;
/** The step that training could go on from if all else were lost; 0 is the beginning. */
let kept = 0;

const notes = new Notes();
const curves = new Curves();
const fill = new FillPanel(engine, () => attention.ask());
const attention = new AttentionPanel(engine);
const similar = new SimilarPanel(engine);
const model = new ModelPanel(engine);
const setUp = new SetUp(engine, defaults, (config) => {
  if (phase !== 'idle') return;
  model.config(config);
});
const player = new Player((recording, step) => {
  curves.recorded(recording, step);
  fill.recorded(recording, step);
});
const saved = new SavedPanel(engine, {
  open,
  openFiles: () => void chooseFiles().then(openFromFiles),
  download,
  compare: (name, metrics) => curves.lay(name, metrics),
  failed,
});
const offer = new ContinueOffer(open);
const control = new ControlBar({
  pause: () => attempt('Pausing failed', () => engine.pause()),
  goOn: () => attempt('This run cannot go on', () => engine.goOn()),
  step: () => attempt('This run cannot go on', () => engine.goOn(undefined, true)),
  leave: () => attempt('This run cannot be closed', () => engine.close()),
  download: () => run && download(run.name),
  learningRate: (rate) =>
    engine.changeLearningRate(rate).then(
      () => say(`The learning rate is ${rate} from the next step on.`),
      (error: unknown) => failed(error, 'The learning rate stays as it was'),
    ),
});

function heard(event: EngineEvent): void {
  switch (event.type) {
    case 'phase':
      return enter(event.phase, event.reason);
    case 'progress': {
      const { stage, done, total } = event.progress;
      return control.preparing(`${stage[0].toUpperCase()}${stage.slice(1)}`, done / total);
    }
    case 'notice':
      notes.add(event.text);
      return say(event.text);
    case 'run':
      run = event.run;
      kept = run.step;
      control.run(run);
      notes.run(run);
      curves.clear(run.config.train.steps, run.metrics);
      model.run(run);
      if (!run.data) askForText(giveText);
      return ask();
    case 'step':
      control.step(event.step, event.memory);
      return curves.memory(bytes(event.memory));
    case 'metric':
      curves.add(event.metric);
      if (event.metric.event === 'validate') report(spoken(event.metric));
      if (event.metric.event === 'validate' || event.metric.step % 50 === 0) ask();
      return undefined;
    case 'saved':
      if (isSecureContext) kept = event.step; // where the browser keeps no files, memory does
      control.saved();
      saved.note(event.trouble ? `Step ${event.step} is not kept: ${event.trouble}.` : '');
      showSaved();
  }
}

function ask(): void {
  fill.ask();
  attention.ask();
  similar.ready();
  model.ask();
}

function enter(next: Phase, reason: Reason = { what: '' }): void {
  const began = phase === 'idle' && next !== 'idle';
  const ended = phase !== 'idle' && next === 'idle';
  phase = next;
  document.documentElement.dataset.phase = next;
  control.phase(next);
  if (next !== 'training') drawNow();
  if (began) {
    control.focus(); // what was pressed is hidden now
    player.stop();
    curves.clear(1);
  }
  if (ended) byId('start').focus({ preventScroll: true });
  if (next === 'preparing') {
    clearAlert();
    control.preparing('Getting the text and the device ready', undefined);
  }
  if (next === 'idle') {
    run = undefined;
    notes.clear();
    setUp.again();
    fill.waiting();
    attention.waiting();
    similar.waiting();
    model.stop();
    showSaved();
  }
  if (next === 'failed') {
    for (const panel of [fill, attention, similar, model]) panel.stop();
    alert(
      'Training stopped',
      reason,
      {
        text: kept > 0 ? `Go on from step ${count(kept)}` : 'Start again',
        act: () => attempt('This run cannot go on', () => engine.goOn()),
      },
      { text: 'Go on, on the processor', act: () => attempt('This run cannot go on', () => engine.goOn('cpu')) },
    );
  }
  if (next === 'training') clearAlert();
  if (next === 'finished' || next === 'paused') {
    ask();
    similar.ask();
  }
  if (next === 'finished') say('Training is finished.');
}

function attempt(title: string, action: () => Promise<unknown>): void {
  clearAlert();
  action().catch((error: unknown) => failed(error, title));
}

function failed(error: unknown, title = 'Something went wrong'): void {
  alert(title, reasonOf(error));
}

/** The engine may not have answered yet: then the page says that it is preparing, and begins when it can. */
async function start(): Promise<void> {
  if (phase !== 'idle') return;
  enter('preparing');
  const ready = await setUp.ready();
  if (!ready) {
    enter('idle');
    return setUp.showObstacle();
  }
  attempt('Training cannot begin', () =>
    engine.start(ready.text, ready.files).catch((error: unknown) => {
      if (phase === 'preparing') enter('idle'); // the engine may not even have been fetched
      throw error;
    }),
  );
}

/** Closes the run that is finished, and prepares another. */
async function again(prepare: () => unknown): Promise<void> {
  await engine.close();
  await prepare();
}

function open(name: string): void {
  attempt('This run cannot be opened', () => engine.openKept(name));
}

function openFromFiles(files: readonly PathAndBlob[]): void {
  if (files.length > 0) attempt('This run cannot be opened', () => engine.open(files));
}

function download(name: string): void {
  attempt('This run cannot be downloaded', async () => handOver(await engine.download(name), `${name}.zip`));
}

function giveText(files: readonly PathAndBlob[]): void {
  attempt('This text does not fit', () => engine.giveCorpus(files));
}

byId('start').addEventListener('click', () => void start());
byId('own-start').addEventListener('click', () => void start());
byId('own').addEventListener('click', () => setUp.showText());
byId('next-longer').addEventListener('click', () => void again(() => setUp.lengthen()));
byId('next-own').addEventListener('click', () => void again(() => setUp.showText()));
byId('next-command-line').addEventListener('click', () => saved.showHowTo());
byId('open').addEventListener('click', () => void chooseFiles().then(openFromFiles));

onDrop((dropped) => {
  if (typeof dropped !== 'string' && isRun(dropped)) openFromFiles(dropped);
  else if (run && !run.data && typeof dropped !== 'string') giveText(dropped);
  else if (phase === 'idle') setUp.take(dropped);
});

const offered = engine.devices().then((reports) => setUp.devices(reports), failed);
// What devices need is fetched first, then the rest; a driver that never answers holds nothing up.
void Promise.race([offered, new Promise((resolve) => setTimeout(resolve, 5000))]).then(() => {
  workOffline();
  engine.prepare('auto').catch(() => {}); // what is missing, training says
});
showSaved();
void player.start();

/** Lists the saved runs. A page that was left or reloaded while it trained goes on with one press. */
function showSaved(): void {
  void saved.refresh().then((last) => offer.show(last));
}

addEventListener('beforeunload', (event) => {
  if (phase === 'training' || phase === 'pausing') event.preventDefault(); // the browser asks whether to leave
});

started();
