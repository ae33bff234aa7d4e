import { BulkEncoder } from '../tokenizer/bulkEncoder.ts';
import { IdList } from '../tokenizer/idList.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Work } from './inOrder.ts';

/** The token ids of a parcel, and where the documents that end in it end there. */
export interface EncodedParcel {
  readonly ids: Int32Array;
  readonly ends: Int32Array;
}

/** Encodes parcels. */
export const encoding = (tokenizer: Tokenizer): Work<EncodedParcel> => ({
  argument: tokenizer.toJson(),
  begin() {
    const encoder = new BulkEncoder(tokenizer);
    const ids = new IdList();
    return ({ texts, ends }) => {
      const places: number[] = [];
      for (const [i, text] of texts.entries()) {
        encoder.append(text, ids);
        if (ends[i]) places.push(ids.length);
      }
      return { ids: ids.take(), ends: Int32Array.from(places) };
    };
  },
});
