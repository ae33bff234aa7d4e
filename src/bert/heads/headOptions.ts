/** What a classifier has beyond its encoder. */
export interface HeadOptions {
  /** How many there are to choose from. */
  readonly labels: number;
  /** Rate of the head's own dropout. */
  readonly dropout: number;
  /** Whether it begins with a Transform, as Hugging Face's classifiers of ModernBERT do (Warner et al. 2024); if not, as those of BERT. */
  readonly transform?: boolean;
}
