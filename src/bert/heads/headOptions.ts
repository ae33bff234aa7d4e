/** What a classifier has beyond its encoder. */
export interface HeadOptions {
  /** How many there are to choose from. */
  readonly labels: number;
  /** Rate of the head's own dropout. */
  readonly dropout: number;
}
