/** What gradients of a scaled loss are multiplied by, 0 where they overflow. */
export const INVERSE_SCALE = 'inverseScale[0]';

/** An update that is left out where they do. */
export const unlessSkipped = (update: string): string => `if (${INVERSE_SCALE} != 0.0) {${update}
      }`;
