/** Clients: single questions, sessions that last, and a pump that opens connections at a steady rate. */
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {connect, type Socket} from 'node:net'
import {scaled} from './timeouts.js'

export type Target = {
  readonly port: number
  /** Default 127.0.0.1. */
  readonly address?: string
  /** Address of the client; default: the system chooses. */
  readonly from?: string
}

/** Milliseconds after which a client gives up. */
const PATIENCE = scaled(5000)

/** Connects, reads the first line (the backend's name) and closes; rejects when there is none. */
export function askTcp({port, address = '127.0.0.1', from}: Target, limit = PATIENCE): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({port, host: address, localAddress: from})
    let answer = ''
    const fail = (problem: string): void => {
      socket.destroy()
      reject(new Error(`${address}:${port}: ${problem}`))
    }
    socket.setTimeout(limit, () => fail('no answer in time'))
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
    socket.on('end', () => (answer.endsWith('\n') ? undefined : fail('closed without an answer')))
    socket.on('data', (data) => {
      answer += data.toString('latin1')
      if (!answer.endsWith('\n')) return
      socket.end()
      resolve(answer.trimEnd())
    })
  })
}

/** What a connection received, and the port of the client. */
export type Exchange = {readonly text: string; readonly port: number}

/** Sends something, and closes once it has been answered by as much, or by `NAME\n` and as much. Empty if the connection is closed. */
export function exchange({port, address = '127.0.0.1', from}: Target, text: string): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const socket = connect({port, host: address, localAddress: from})
    const payload = text.slice(text.lastIndexOf('\r\n') + 1).trim()
    let received = ''
    let own = 0
    socket.setTimeout(PATIENCE, () => {
      socket.destroy()
      reject(new Error(`${address}:${port}: neither an answer nor the end in time`))
    })
    socket.on('connect', () => {
      own = socket.localPort ?? 0
      socket.write(text)
    })
    socket.on('data', (data) => {
      received += data.toString('latin1')
      if (payload !== '' && received.endsWith(`\n${payload}`)) socket.end()
    })
    socket.on('error', () => resolve({text: '', port: own}))
    socket.on('close', () => resolve({text: received, port: own}))
  })
}

/** Sends one datagram; the answer to it, or undefined when none comes in time (UDP may lose it). */
export async function askUdp(target: Target, text: string, limit = 1000): Promise<string | undefined> {
  const {port, address = '127.0.0.1', from} = target
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  try {
    socket.bind(0, from)
    await once(socket, 'listening')
    socket.send(text, port, address)
    const [message] = (await once(socket, 'message', {signal: AbortSignal.timeout(limit)})) as [Buffer]
    return message.toString()
  } catch {
    return undefined
  } finally {
    socket.close()
  }
}

/** A connection that is held, and can be asked whether it is still one. */
export class Session {
  private received = ''
  private sent = 0
  private ended = false
  private notice: () => void = () => {}

  static async open({port, address = '127.0.0.1'}: Target): Promise<Session> {
    const session = new Session(connect({port, host: address}))
    if (!(await session.receives('\n'))) throw new Error(`${address}:${port} takes no session`)
    return session
  }

  private constructor(private readonly socket: Socket) {
    socket.on('data', (data) => {
      this.received += data.toString('latin1')
      this.notice()
    })
    for (const event of ['error', 'end', 'close']) {
      socket.on(event, () => {
        this.ended = true
        this.notice()
      })
    }
  }

  /** Sends something and waits until it comes back. */
  async isAlive(): Promise<boolean> {
    if (this.ended) return false
    this.sent += 1
    this.received = ''
    this.socket.write(`${this.sent}.\n`)
    return this.receives(`${this.sent}.\n`)
  }

  get closed(): boolean {
    return this.ended
  }

  close(): void {
    this.socket.destroy()
  }

  private receives(text: string): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE)
      this.notice = () => {
        if (!this.ended && !this.received.includes(text)) return
        clearTimeout(timer)
        resolve(!this.ended)
      }
      this.notice()
    })
  }
}

/** `count` sessions, opened a few at a time. */
export async function openSessions(target: Target, count: number): Promise<Session[]> {
  const sessions: Session[] = []
  while (sessions.length < count) {
    const some = Math.min(20, count - sessions.length)
    sessions.push(...(await Promise.all(Array.from({length: some}, () => Session.open(target)))))
  }
  return sessions
}

export type PumpResult = {
  readonly succeeded: number
  readonly failed: number
  /** What went wrong, with how often. */
  readonly problems: Readonly<Record<string, number>>
  /** Answers by backend. */
  readonly answers: Readonly<Record<string, number>>
}

export type PumpOptions = {
  readonly targets: readonly Target[]
  readonly perSecond: number
  /** Most connections in all; the pump then stops by itself. */
  readonly limit: number
  /** Most connections at the same time: where the machine is too slow for the rate, the rate gives way. Default 500. */
  readonly concurrency?: number
}

/** Opens connections at a steady rate, the first at once, whatever becomes of the earlier ones. */
export class Pump {
  private started = 0
  private readonly startedAt = performance.now()
  private readonly pending = new Set<Promise<void>>()
  private readonly timer: NodeJS.Timeout
  private readonly problems: Record<string, number> = {}
  private readonly answers: Record<string, number> = {}

  constructor(private readonly options: PumpOptions) {
    this.openOne()
    this.timer = setInterval(() => this.catchUp(), 5)
  }

  /** Waits for the connections under way. */
  async stop(): Promise<PumpResult> {
    clearInterval(this.timer)
    await Promise.all(this.pending)
    return {
      succeeded: sum(this.answers),
      failed: sum(this.problems),
      problems: this.problems,
      answers: this.answers,
    }
  }

  private catchUp(): void {
    const {perSecond, limit, concurrency = 500} = this.options
    const due = Math.min(limit, ((performance.now() - this.startedAt) / 1000) * perSecond)
    // After a pause of the process not everything at once: that would be another test.
    for (let burst = 0; this.started < due && burst < perSecond / 20; burst++) {
      if (this.pending.size >= concurrency) return
      this.openOne()
    }
  }

  private openOne(): void {
    const {targets} = this.options
    const target = targets[this.started % targets.length] as Target
    this.started += 1
    const one = askTcp(target).then(
      (answer) => count(this.answers, answer),
      (error: Error) => count(this.problems, error.message),
    )
    this.pending.add(one)
    void one.finally(() => this.pending.delete(one))
  }
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, each) => total + each, 0)
}
