/** What can be wrong with the answer to one request. */
import type {ServerResponse} from 'node:http'
import type {Refusal} from './status.js'

export type Fault =
  /** The server refuses, or something else than an API server answers. */
  | {readonly kind: 'refuse'; readonly with: Refusal}
  /** The connection is accepted, and nothing ever comes. */
  | {readonly kind: 'hang'}
  /** The connection is reset before the answer. */
  | {readonly kind: 'reset'}
  /** The request is done, and the connection is reset before the answer. */
  | {readonly kind: 'lose'}
  /** The connection is reset once so many bytes of the body are sent. */
  | {readonly kind: 'cut'; readonly after: number}
  /** The body comes in pieces of so many bytes. */
  | {readonly kind: 'slow'; readonly piece: number}
  /** A watch is accepted, and nothing comes. */
  | {readonly kind: 'mute'}
  /** A watch is accepted, says this, and ends. */
  | {readonly kind: 'say'; readonly text: string}

/** Writes the body of an answer, as the fault has it. */
export class Outlet {
  private written = 0
  private waiting = Buffer.alloc(0)
  private ending = false
  private dripping = false

  constructor(
    private readonly response: ServerResponse,
    private readonly fault: Fault | undefined,
  ) {}

  write(text: string): void {
    const {fault} = this
    if (this.response.destroyed || fault?.kind === 'mute') return
    const bytes = Buffer.from(text)
    if (fault?.kind === 'cut') return this.writeUntilCut(bytes, fault.after)
    if (fault?.kind === 'slow') return this.drip(bytes, fault.piece)
    this.response.write(bytes)
  }

  end(text = ''): void {
    if (text) this.write(text)
    this.ending = true
    const {fault} = this
    if (fault?.kind === 'mute' || (fault?.kind === 'cut' && this.written >= fault.after)) return
    if (!this.dripping && !this.response.destroyed) this.response.end()
  }

  private writeUntilCut(bytes: Buffer, after: number): void {
    const part = bytes.subarray(0, Math.max(0, after - this.written))
    this.written += part.length
    const socket = this.response.socket
    this.response.write(part, () => {
      if (this.written >= after) socket?.resetAndDestroy()
    })
  }

  private drip(bytes: Buffer, piece: number): void {
    this.waiting = Buffer.concat([this.waiting, bytes])
    if (this.dripping) return
    this.dripping = true
    const next = (): void => {
      if (this.waiting.length === 0 || this.response.destroyed) {
        this.dripping = false
        if (this.ending) this.response.end()
        return
      }
      this.response.write(this.waiting.subarray(0, piece), () => setImmediate(next))
      this.waiting = this.waiting.subarray(piece)
    }
    next()
  }
}
