import type { Parameter } from '../../autograd/parameters/parameter.ts';
import { show } from '../../autograd/shape.ts';
import { addScaled } from './addScaled.ts';
import { adamwRule } from './adamw.ts';
import type { AdamWOptions } from './adamw.ts';
import { newtonSchulz } from './newtonSchulz.ts';
import { runsOf } from './rule.ts';
import type { Assign, Rule } from './rule.ts';

/** The settings of Muon, and of AdamW for what is no hidden matrix. */
export interface MuonOptions extends AdamWOptions {
  /** Decay rate of the hidden matrices' momentum. */
  readonly momentum: number;
  /** AdamW's share of a step's learning rate. */
  readonly adamShare: number;
}

/** Whether Muon updates it: a matrix of a block, whose input and output are hidden. */
const isHidden = ({ name, shape }: Parameter): boolean => name.startsWith('encoder.TF.') && shape.length === 2;

/** Muon for hidden matrices, each by itself, those of one shape that lie one after another at once; AdamW for all else. */
export function assignMuon(options: MuonOptions): Assign {
  const [muon, adamw] = [muonRule(options), adamwRule(options, options.adamShare)];
  return (arena) =>
    runsOf(arena, (one, next) => {
      const [before, after] = [one.parameter, next.parameter];
      if (!isHidden(before) || !isHidden(after)) return isHidden(before) === isHidden(after);
      return show(before.shape) === show(after.shape) && next.offset === one.offset + before.size;
    }).map(({ first, offset, size }) => ({ offset, size, rule: isHidden(first) ? muon : adamw }));
}

/**
 * Muon (Jordan et al. 2024): Nesterov momentum made nearly orthogonal, times sqrt(max(1, rows / columns)), with decoupled weight decay. A
 * matrix's shape is (outputs, inputs).
 */
function muonRule({ momentum: beta, weightDecay, clipNorm }: MuonOptions): Rule {
  return {
    keeps: ['momentum'],
    elementwise: false,
    scaled: false,
    update({ weights, gradients, kept: { momentum }, members }, { device, learningRate, squaredNorm }) {
      const [rows, columns] = members[0].shape;
      const size = members.length * rows * columns;
      const { update } = device.launch('nesterov', { gradients, momentum, squaredNorm }, { size, beta, clipNorm });
      const direction = newtonSchulz(device, update, { count: members.length, rows, columns });
      if (weightDecay > 0) addScaled(device, weights, weights, -learningRate * weightDecay, size);
      const factor = Math.sqrt(Math.max(1, rows / columns));
      addScaled(device, weights, direction, -learningRate * factor, size);
      for (const array of [update, direction]) device.free(array);
    },
  };
}
