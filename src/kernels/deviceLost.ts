import { BertrandError } from '../error.ts';

/** A device is of no more use, and all that was on it is gone. Who holds a checkpoint has better advice than this one. */
export class DeviceLost extends BertrandError {
  constructor(what: string) {
    super(what, { advice: 'open the device again' });
  }
}
