/** BIRD as `lbex ha bird` configures it, and a router on the hub that uses both hosts. */
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {templatesFolder} from '../../../src/cli/run/package.js'
import {birdFiles} from '../../../src/ha/bird.js'
import {installFiles} from '../../../src/ha/install.js'
import {HUB} from '../../e2e/network.js'
import type {Engine, Pair} from './pair.js'
import {Program, runIn, type HaPrograms} from './programs.js'

const ROUTER_AS = 64_512
const HOST_AS = 64_513
const PASSWORD = 'a secret of two'

export class Bgp implements Engine {
  readonly address = '198.51.100.10'
  private readonly running = new Map<number, readonly Program[]>()
  private router: Program | undefined

  constructor(private readonly programs: HaPrograms) {}

  async start(pair: Pair, index: number): Promise<void> {
    this.startRouter(pair)
    const {folder, healthPort} = pair.host(index)
    const options = {
      addresses: [this.address, '198.51.100.16/28'],
      localAs: HOST_AS,
      routerId: pair.network.addressOf(index),
      neighbors: [{address: HUB, as: ROUTER_AS}],
      password: PASSWORD,
      readyz: `http://127.0.0.1:${healthPort}/readyz`,
      folder,
    }
    const [path = ''] = await installFiles(folder, await birdFiles(options, templatesFolder()))
    const into = pair.network.into(index)
    const bird = this.startBird(into, path)
    const script = ['/bin/sh', join(folder, 'lbex-announce')]
    this.running.set(index, [bird, new Program([...into, ...script], this.controlFor(folder))])
  }

  async kill(index: number): Promise<void> {
    await Promise.all((this.running.get(index) ?? []).map((program) => program.end()))
  }

  /** The hosts that the router sends new connections to. */
  holders(pair: Pair): number[] {
    const routes = runIn(pair.network.into(), 'ip', 'route', 'show', this.address)
    return [0, 1].filter((index) => routes.includes(`via ${pair.network.addressOf(index)} `))
  }

  async close(): Promise<void> {
    await this.router?.end()
  }

  private startRouter(pair: Pair): void {
    if (this.router) return
    const {folder} = pair.host(0)
    const path = join(folder, 'router.conf')
    writeFileSync(path, routerConfiguration([0, 1].map((index) => pair.network.addressOf(index))))
    // As routers do: by the addresses and ports of a connection.
    runIn(pair.network.into(), 'sysctl', '-qw', 'net.ipv4.fib_multipath_hash_policy=1')
    this.router = this.startBird(pair.network.into(), path)
  }

  private startBird(into: readonly string[], path: string): Program {
    runIn(into, this.programs.bird, '-p', '-c', path)
    const files = ['-s', `${path}.ctl`, '-P', `${path}.pid`]
    return new Program([...into, this.programs.bird, '-f', '-c', path, ...files])
  }

  /** A folder with a birdc that reaches the BIRD of this host. */
  private controlFor(folder: string): string {
    const control = join(folder, 'bin')
    mkdirSync(control, {recursive: true})
    const client = join(dirname(this.programs.bird), 'birdcl')
    writeFileSync(join(control, 'birdc'), `#!/bin/sh\nexec ${client} -s ${folder}/bird.conf.ctl "$@"\n`)
    chmodSync(join(control, 'birdc'), 0o755)
    return control
  }
}

function routerConfiguration(hosts: readonly string[]): string {
  const neighbors = hosts.map((host) => `protocol bgp from host { neighbor ${host} as ${HOST_AS}; }`)
  return `
log stderr all;
router id ${HUB};
protocol device {
}
protocol kernel {
    merge paths on;
    ipv4 { export all; };
}
protocol bfd {
    interface "*" { min rx interval 100 ms; min tx interval 100 ms; multiplier 3; };
}
template bgp host {
    local as ${ROUTER_AS};
    password "${PASSWORD}";
    bfd on;
    connect delay time 1;
    connect retry time 5;
    error wait time 1, 5;
    ipv4 { import all; export none; };
}
${neighbors.join('\n')}
`
}
