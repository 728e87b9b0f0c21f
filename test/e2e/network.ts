/** Hosts in network namespaces on one bridge, with a hub that has the API server, the backends and the clients. Needs root. */
import {execFileSync} from 'node:child_process'
import {whenAbandoned} from '../support/abandoned.js'
import {whyNoProgram, whyNotRoot} from '../support/skip.js'

const PREFIX = '10.77.0'

/** The address of the hub. */
export const HUB = `${PREFIX}.1`

let networks = 0

export class Network {
  private readonly closed: () => void
  private readonly hosts: string[] = []

  /** Why there can be no network; undefined if there can. */
  static whyNot(): string | undefined {
    const missing = whyNotRoot('make network namespaces') ?? whyNoIp()
    if (missing !== undefined) return missing
    try {
      new Network(1).close()
      return undefined
    } catch (error) {
      return `network namespaces cannot be made here: ${(error as Error).message.split('\n')[0]}`
    }
  }

  /** With `hosts` hosts, whose addresses are `addressOf(0)` and so on. */
  constructor(
    hosts: number,
    private readonly name = `lbex-${process.pid}-${(networks += 1)}`,
  ) {
    this.closed = whenAbandoned(() => this.removeAll())
    try {
      this.makeHub()
      for (let index = 0; index < hosts; index += 1) this.makeHost(index)
    } catch (error) {
      this.close()
      throw error
    }
  }

  addressOf(host: number): string {
    return `${PREFIX}.${11 + host}`
  }

  /** The program with arguments that runs another one on this host; without a host: on the hub. */
  into(host?: number): string[] {
    return ['ip', 'netns', 'exec', host === undefined ? this.name : (this.hosts[host] as string)]
  }

  /** The host no longer reaches anything, and nothing reaches it. */
  setLink(host: number, state: 'up' | 'down'): void {
    ip('-n', this.name, 'link', 'set', `host-${host}`, state)
  }

  /** What the host sends to the hub is dropped, without an answer to either. */
  setDropping(host: number, isDropping: boolean): void {
    ip('-n', this.hosts[host] as string, 'route', isDropping ? 'add' : 'delete', 'blackhole', `${HUB}/32`)
  }

  close(): void {
    this.closed()
    this.removeAll()
  }

  private makeHub(): void {
    ip('netns', 'add', this.name)
    ip('-n', this.name, 'link', 'set', 'lo', 'up')
    ip('-n', this.name, 'link', 'add', 'bridge', 'type', 'bridge')
    ip('-n', this.name, 'address', 'add', `${HUB}/24`, 'dev', 'bridge')
    ip('-n', this.name, 'link', 'set', 'bridge', 'up')
  }

  private makeHost(index: number): void {
    const name = `${this.name}-${index}`
    ip('netns', 'add', name)
    this.hosts.push(name)
    const peer = ['peer', 'name', 'eth0', 'netns', name]
    ip('-n', this.name, 'link', 'add', `host-${index}`, 'type', 'veth', ...peer)
    ip('-n', this.name, 'link', 'set', `host-${index}`, 'master', 'bridge', 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
    ip('-n', name, 'address', 'add', `${this.addressOf(index)}/24`, 'dev', 'eth0')
    ip('-n', name, 'link', 'set', 'eth0', 'up')
  }

  private removeAll(): void {
    for (const name of [...this.hosts.splice(0), this.name]) {
      try {
        ip('netns', 'delete', name)
      } catch {
        // It was not made.
      }
    }
  }
}

function whyNoIp(): string | undefined {
  return whyNoProgram('ip', 'iproute2')
}

function ip(...parameters: string[]): void {
  execFileSync('ip', parameters, {stdio: 'pipe'})
}
