/** Services with two servers, one of which will fail: checked in the same ways by lbex and by HAProxy. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {nginxOf} from '../../scripts/get-nginx.mjs'
import {freePort, freePorts} from '../../test/support/ports.js'
import {untilReached} from '../cluster/clients.js'
import {Daemon} from '../cluster/daemon.js'
import {HaproxyProcess} from '../haproxy.js'

/** Of both: an attempt to connect takes at most 500 ms, and a connection that fails is not tried again. */
const ONE_TRY = {'connect-timeout': '500ms', tries: '1'}
const ACTIVE = {
  ...{'health-check': 'tcp', 'health-check-interval': '1s', 'health-check-timeout': '500ms'},
  ...{'health-check-fall': '2', 'health-check-rise': '1'},
}

/** Annotations of lbex, and parameters of HAProxy's `server` that mean the same. */
export const CHECKS = {
  /** Every second; two in a row must fail. */
  active: {annotations: {...ACTIVE, 'max-fails': '0'}, server: 'check inter 1s fall 2 rise 1'},
  /** A connection of a client that fails takes the server out. HAProxy needs its checks to bring it back. */
  passive: {
    annotations: {},
    server: 'check inter 10s fall 1000 rise 1 observe layer4 error-limit 1 on-error mark-down',
  },
  both: {
    annotations: ACTIVE,
    server: 'check inter 1s fall 2 rise 1 observe layer4 error-limit 1 on-error mark-down',
  },
} as const

export type Checks = keyof typeof CHECKS

/** A listener on 127.0.0.1. `victim`: index of the address of its server that will fail. */
export type Listener = {
  readonly by: 'lbex with live updates' | 'HAProxy'
  readonly checks: Checks
  readonly victim: number
  readonly port: number
}

export type FailureStage = {readonly listeners: readonly Listener[]; close(): Promise<void>}

/** `addresses`: of the servers that will fail; the other one has 127.0.0.1. `port`: of all servers. */
export async function startStage(addresses: readonly string[], port: number): Promise<FailureStage> {
  const directory = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const listeners = await makeListeners(addresses.length)
  const [ofLbex, ofHaproxy] = (['lbex with live updates', 'HAProxy'] as const).map((by) =>
    listeners.filter((listener) => listener.by === by),
  ) as [Listener[], Listener[]]
  const sections = ofHaproxy.map((listener) => sectionOf(listener, addresses[listener.victim] ?? '', port))
  const haproxy = await HaproxyProcess.start(directory, sections.join(''))
  const manifests = join(directory, 'services.json')
  const items = ofLbex.flatMap((listener) => objectsOf(listener, addresses[listener.victim] ?? '', port))
  await writeFile(manifests, JSON.stringify({apiVersion: 'v1', kind: 'List', items}))
  const daemon = await startDaemon(directory, manifests)
  for (const listener of listeners) await untilReached(listener.port)
  return {
    listeners,
    close: async () => {
      await daemon.stop()
      await haproxy.stop()
      await rm(directory, {recursive: true, force: true})
    },
  }
}

async function makeListeners(victims: number): Promise<Listener[]> {
  const kinds = (['lbex with live updates', 'HAProxy'] as const).flatMap((by) =>
    (Object.keys(CHECKS) as Checks[]).flatMap((checks) =>
      Array.from({length: victims}, (_, victim) => ({by, checks, victim})),
    ),
  )
  const ports = await freePorts(kinds.length)
  return kinds.map((kind, index) => ({...kind, port: ports[index] ?? 0}))
}

async function startDaemon(directory: string, manifests: string): Promise<Daemon> {
  const nginx = await nginxOf('sid')
  if ('reason' in nginx) throw new Error(nginx.reason)
  const stop = ['--on-stop', 'drain', '--pre-stop-delay', '0s', '--shutdown-timeout', '1s']
  return Daemon.start({
    ...{nginx, directory: join(directory, 'nginx'), healthPort: await freePort()},
    flags: ['-f', manifests, '--live-updates', 'on', ...stop],
  })
}

function sectionOf({port: listen, checks}: Listener, address: string, port: number): string {
  const {server} = CHECKS[checks]
  return `listen l${listen}
    bind 127.0.0.1:${listen}
    retries 0
    timeout connect 500ms
    server good 127.0.0.1:${port} ${server}
    server victim ${address}:${port} ${server}
`
}

function objectsOf({port: listen, checks}: Listener, address: string, port: number): object[] {
  const name = `service-${listen}`
  const settings = {...ONE_TRY, ...CHECKS[checks].annotations, 'upstream-type': 'pod'}
  const annotations = {
    'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
    'loadbalancer-port.lbex/tcp': String(listen),
    ...Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [`loadbalancer.lbex/${key}`, value]),
    ),
  }
  const cluster = {clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4']}
  return [
    {
      ...{apiVersion: 'v1', kind: 'Service'},
      metadata: {name, uid: name, creationTimestamp: '2026-01-01T00:00:00Z', annotations},
      spec: {
        ...{type: 'ClusterIP', ...cluster, selector: {app: name}},
        ports: [{name: 'tcp', protocol: 'TCP', port: 80}],
      },
    },
    {
      ...{apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4'},
      metadata: {name: `${name}-a`, labels: {'kubernetes.io/service-name': name}},
      endpoints: ['127.0.0.1', address].map((each) => ({addresses: [each], conditions: {ready: true}})),
      ports: [{name: 'tcp', port, protocol: 'TCP'}],
    },
  ]
}
