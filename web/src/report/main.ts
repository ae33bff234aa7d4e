// eslint-disable-next-line import/no-unassigned-import -- the bundler takes the style from here
import './report.css';
// eslint-disable-next-line import/no-unassigned-import -- before libraries that ask for the language
import '../view/language.ts';
import type { ReportData } from '../../../src/train/report/reportData.ts';
import { byId, h, segments } from '../view/dom.ts';
import { onRepaint, setUpTheme } from '../view/theme.ts';
import { runAxisNames } from './axis.ts';
import type { RunAxisName } from './axis.ts';
import { groupColour } from './frame.ts';
import { panelsOf } from './panels.ts';

/* The script of a report's page: draws the data that stands in the page. */

const data = JSON.parse(byId('data').textContent ?? '') as ReportData;
const status = byId('status');
const panels = panelsOf(data, (text) => (status.textContent = text));
const shown = new Set(data.groups.keys());
let axis: RunAxisName = 'step';

const fill = (): void => {
  for (const panel of panels) panel.fill(axis, shown);
};

const axisNames = runAxisNames.filter(
  (name) =>
    name !== 'tokens' ||
    data.runs.some(({ curves }) => Object.values(curves).some(({ tokens }) => tokens !== undefined)),
);
const axisSwitch = segments(
  'What the curves are drawn over',
  axisNames.map((value) => ({ value, text: { step: 'Steps', tokens: 'Tokens', minutes: 'Minutes' }[value] })),
  axis,
  (chosen) => {
    axis = chosen;
    fill();
  },
);

const swatches = data.groups.map(() => h('i', { class: 'swatch bold', 'aria-hidden': 'true' }));
const choices = data.groups.map((name, group) => {
  const box = h('input', {
    type: 'checkbox',
    checked: true,
    change: () => {
      if (box.checked) shown.add(group);
      else shown.delete(group);
      fill();
    },
  });
  return h('label', { class: 'choice' }, box, swatches[group], name);
});

byId('controls').append(
  h('span', { class: 'fine' }, 'Curves over'),
  axisSwitch,
  ...(choices.length > 1
    ? [h('div', { class: 'choices', role: 'group', 'aria-label': 'Runs to show' }, ...choices)]
    : []),
  h('span', { class: 'fine hint' }, 'Drag over a chart to zoom all, double-click to see all again.'),
);
byId('controls').hidden = false;
byId('charts').append(...panels.map(({ chart }) => chart.element));

onRepaint(() => {
  for (const [group, swatch] of swatches.entries()) swatch.style.borderColor = groupColour(group);
  for (const { chart } of panels) chart.draw();
});
setUpTheme();
fill();
