/** Talks to the control server of templates/live.js: one request for each connection, one line of JSON each way. */
import {createConnection} from 'node:net'
import {Failure} from '../../../diagnostics/failure.js'

/** What the dictionary of NGINX has. */
export type LiveState = {
  /** Number of the last change; 0 before the first. */
  readonly revision: number
  /** By the name of the upstream; only those that the workers follow. */
  readonly entries: ReadonlyMap<string, string>
}

export type LiveChange = {
  /** A positive integer. */
  readonly revision: number
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

/** NGINX takes one or two milliseconds for an answer, but the host may be busy. */
const PATIENCE = 2000
/** The patience is over after so many equal parts of it. While lbex itself is stalled, only one of them passes. */
const PARTS = 10
/** Bytes of a request: it must fit in the buffer of a unix socket, because NGINX looks at it before it takes it. */
const LARGEST_REQUEST = 32_000
/** Bytes of an answer, which has some of the entries: see templates/live.js. */
const LARGEST_ANSWER = 2 ** 18

export class LiveChannel {
  /** `patience`: milliseconds that NGINX may take for an answer. */
  constructor(
    private readonly socket: string,
    private readonly patience = PATIENCE,
  ) {}

  /** Rejects with the temporary Failure `live-update-failed`; `key` is the one that NGINX loaded. */
  async read(key: string): Promise<LiveState> {
    const all = new Map<string, string>()
    for (let from = 0; ;) {
      const {revision, entries, next} = await this.request({key, from})
      if (typeof revision !== 'number' || typeof entries !== 'object') throw failed('its answer is not valid')
      for (const [name, entry] of Object.entries(entries as Record<string, string>)) all.set(name, entry)
      if (next === undefined) return {revision, entries: all}
      if (typeof next !== 'number' || next <= from) throw failed('its answer is not valid')
      from = next
    }
  }

  /**
   * Resolves when the dictionary has the change, as NGINX reads it back. Rejects with the temporary Failure
   * `live-update-failed`; it is not known then which part of the change the dictionary has.
   */
  async write(key: string, {revision, set, remove}: LiveChange): Promise<void> {
    for (const part of inParts(set, remove)) {
      const answer = await this.request({key, revision, ...part})
      if (answer.revision !== revision) throw failed('it answers with another revision')
    }
  }

  private async request(content: object): Promise<Readonly<Record<string, unknown>>> {
    const answer = parse(await exchange(this.socket, `${JSON.stringify(content)}\n`, this.patience))
    if (answer.error !== undefined) throw failed(`it refuses the request (${JSON.stringify(answer.error)})`)
    return answer
  }
}

type Part = {readonly set: Record<string, string>; readonly remove: string[]}

/** Splits a change into requests that are small enough. */
function inParts(set: LiveChange['set'], remove: LiveChange['remove']): Part[] {
  const parts: Part[] = []
  let free = 0
  const partFor = (size: number): Part => {
    let part = parts.at(-1)
    if (!part || free < size) {
      parts.push((part = {set: {}, remove: []}))
      free = LARGEST_REQUEST
    }
    free -= size
    return part
  }
  const quotes = 8
  for (const [name, entry] of set) partFor(name.length + entry.length + quotes).set[name] = entry
  for (const name of remove) partFor(name.length + quotes).remove.push(name)
  return parts
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    throw failed('its answer is not valid')
  }
}

/**
 * The line that the other side answers. It closes the connection without having taken the request, so that a reset may follow
 * the answer.
 */
function exchange(path: string, request: string, patience: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    const chunks: Buffer[] = []
    let size = 0
    let left = PARTS
    const end = (settle: () => void): void => {
      clearInterval(timer)
      socket.destroy()
      settle()
    }
    const fail = (why: string) => end(() => reject(failed(why)))
    const timer = setInterval(() => {
      if (--left === 0) fail(`it gave no answer within ${patience / 1000} s`)
    }, patience / PARTS)
    socket.on('connect', () => socket.write(request))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > LARGEST_ANSWER) fail('its answer is too long')
      else if (chunk.at(-1) === NEWLINE) end(() => resolve(Buffer.concat(chunks).toString('latin1')))
    })
    socket.on('end', () => fail('it closed the connection'))
    socket.on('error', ({message}) => fail(message))
  })
}

const NEWLINE = 10

function failed(why: string): Failure {
  return new Failure(`NGINX cannot change servers without a reload: ${why}`, {
    code: 'live-update-failed',
    hint: 'see logs/error.log in --nginx-dir; --live-updates off makes every change a reload',
    temporary: true,
  })
}
