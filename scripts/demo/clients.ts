/** The clients of the demo: each asks once and gets the name of the backend that answered. */
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {connect} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'

const DEADLINE = 5000

/** Connects once, from an address of this machine; rejects if the connection is refused or reset, or gets no response. */
export async function askTcp(port: number, from = '127.0.0.1'): Promise<string> {
  const socket = connect({port, host: '127.0.0.1', localAddress: from}).setTimeout(DEADLINE, () =>
    socket.destroy(new Error('no answer')),
  )
  socket.setEncoding('utf8')
  let answer = ''
  for await (const chunk of socket) answer += chunk
  if (answer === '') throw new Error('closed without an answer')
  return answer
}

/** Sends one datagram from a port of its own. */
export async function askUdp(port: number): Promise<string> {
  const socket = createSocket('udp4')
  try {
    socket.send('what time is it?', port, '127.0.0.1')
    const [answer] = (await once(socket, 'message', {signal: AbortSignal.timeout(DEADLINE)})) as [Buffer]
    return answer.toString()
  } finally {
    socket.close()
  }
}

/** Asks `times` times, a few at once, and counts who answered. */
export async function spread(ask: () => Promise<string>, times: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (let asked = 0; asked < times; asked += 10) {
    const answers = await Promise.all(Array.from({length: Math.min(10, times - asked)}, ask))
    for (const name of answers) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** A client that connects again and again until it is told to stop, and counts answers and failures. */
export class SteadyClient {
  readonly answers = new Map<string, number>()
  readonly failures: string[] = []
  /** Who answered, the latest last. */
  private readonly latest: string[] = []
  private stopped = false
  private readonly done: Promise<void>

  constructor(private readonly port: number) {
    this.done = this.run()
  }

  /** Answers of this backend so far. */
  count(name: string): number {
    return this.answers.get(name) ?? 0
  }

  /** True when none of the last `times` answers came from `name`. */
  answeredWithout(name: string, times: number): boolean {
    return this.latest.length >= times && !this.latest.slice(-times).includes(name)
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.done
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await Promise.all([this.ask(), delay(2)])
    }
  }

  private async ask(): Promise<void> {
    try {
      const name = await askTcp(this.port)
      this.answers.set(name, this.count(name) + 1)
      this.latest.push(name)
    } catch (error) {
      this.failures.push((error as Error).message)
    }
  }
}
