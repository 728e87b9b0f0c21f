/** keepalived as `lbex ha keepalived` configures it. */
import {join} from 'node:path'
import {templatesFolder} from '../../../src/cli/run/package.js'
import {installFiles} from '../../../src/ha/install.js'
import {keepalivedFiles} from '../../../src/ha/keepalived.js'
import type {Engine, Pair} from './pair.js'
import {Program, runIn, type HaPrograms} from './programs.js'

export class Vrrp implements Engine {
  readonly address = '10.77.0.100'
  private readonly running = new Map<number, Program>()

  constructor(private readonly programs: HaPrograms) {}

  async start(pair: Pair, index: number): Promise<void> {
    const {folder, healthPort} = pair.host(index)
    const options = {
      addresses: [this.address, 'fd00::100'],
      interface: 'eth0',
      peers: [0, 1].map((each) => pair.network.addressOf(each)),
      virtualRouterId: 51,
      priority: 100,
      readyz: `http://127.0.0.1:${healthPort}/readyz`,
      own: new Set([pair.network.addressOf(index)]),
    }
    const [path = ''] = await installFiles(folder, await keepalivedFiles(options, templatesFolder()))
    const into = pair.network.into(index)
    const files = ['--pid', join(folder, 'keepalived.pid'), '--vrrp_pid', join(folder, 'vrrp.pid')]
    const flags = ['--dont-fork', '--log-console', '--vrrp', '--use-file', path, ...files]
    this.running.set(index, new Program([...into, this.programs.keepalived, ...flags]))
  }

  async kill(index: number): Promise<void> {
    await this.running.get(index)?.end()
  }

  output(index: number): string {
    return this.running.get(index)?.output ?? ''
  }

  holders(pair: Pair): number[] {
    return [0, 1].filter((index) => {
      const shown = runIn(pair.network.into(index), 'ip', '-4', '-oneline', 'address', 'show', 'eth0')
      const link = runIn(pair.network.into(index), 'ip', '-oneline', 'link', 'show', 'eth0')
      return shown.includes(` ${this.address}/`) && !link.includes('NO-CARRIER')
    })
  }

  async close(): Promise<void> {}
}
