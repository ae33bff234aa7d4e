/** Whether the checkpoint of a step is kept for ever: each multiple of a number, or the steps of a list. */
export const isMilestone = (milestones: number | readonly number[], step: number): boolean =>
  typeof milestones === 'number' ? step % milestones === 0 : milestones.includes(step);
