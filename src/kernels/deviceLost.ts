import { BertrandError } from '../error.ts';

/** A device was lost with everything on it. Callers that have a checkpoint can give better advice than this error. */
export class DeviceLost extends BertrandError {
  constructor(what: string) {
    super(what, { advice: 'open the device again' });
  }
}
