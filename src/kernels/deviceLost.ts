import { BertrandError } from '../error.ts';

/** A device is lost, and everything on it is gone. Callers that hold a checkpoint can give better advice than this error. */
export class DeviceLost extends BertrandError {
  constructor(what: string) {
    super(what, { advice: 'open the device again' });
  }
}
