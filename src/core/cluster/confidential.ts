import {inspect} from 'node:util'

const SHOWN = '[confidential]'

/** Text that lbex writes only to a file for NGINX, such as a private key. As JSON, in a log or in a message it is replaced. */
export class Confidential {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return SHOWN
  }

  toJSON(): string {
    return SHOWN
  }

  [inspect.custom](): string {
    return SHOWN
  }
}
