/**
 * The real NGINX as a judge of goldens: the same load balancer, rendered for a temporary folder and for ports that are free,
 * because `nginx -t` opens what it is to listen on.
 */
import {execFile} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {assembleGeneration} from '../../src/dataplane/nginx/config/generation.js'
import {isWildcard, type ListenerKey} from '../../src/core/model/listener-key.js'
import type {DiscoveredNginx} from '../../src/dataplane/nginx/host/discover-nginx.js'
import {atLeast, type NginxCapabilities} from '../../src/dataplane/nginx-capabilities.js'
import type {LoadBalancer} from '../../src/core/model/load-balancer.js'
import {ownedListeners} from '../../src/core/model/owned-listeners.js'
import {standInCertificate} from '../../src/cli/run/stand-in-certificate.js'
import {render, type TestOptions} from './translate.js'
import {NGINX_SUITES, nginxOf, testNginx} from './nginx-binary.js'
import {freePorts} from './ports.js'
import {UNIT_TIMEOUT} from './timeouts.js'

export type Judge = {
  readonly version: string
  /** Whether it is new enough to know what is rendered for `target`. */
  readonly knows: (target: NginxCapabilities) => boolean
  /** What NGINX says of the configuration; empty where it accepts it without a word. */
  readonly complaint: (loadBalancer: LoadBalancer, options: TestOptions) => Promise<string>
}

const run = promisify(execFile)

/** The NGINX of this machine. Rejects if there is no NGINX with stream on this machine. */
export async function findJudge(): Promise<Judge> {
  return judgeOf(await testNginx())
}

/** One judge for each version of NGINX: that of this machine, and those of other suites that are not missing. */
export async function findJudges(): Promise<Judge[]> {
  const judges = new Map([await findJudge()].map((judge) => [judge.version, judge]))
  for (const suite of NGINX_SUITES) {
    const nginx = await nginxOf(suite)
    if (!('reason' in nginx)) judges.set(nginx.capabilities.version.join('.'), judgeOf(nginx))
  }
  return [...judges.values()]
}

function judgeOf({binary, capabilities}: DiscoveredNginx): Judge {
  return {
    version: capabilities.version.join('.'),
    knows: (target) => capabilities.plus >= target.plus && atLeast(capabilities.version, target.version),
    complaint: async (loadBalancer, options) => {
      const moved = await onFreePorts(loadBalancer)
      return complaintAbout(moved, {...options, nginx: capabilities}, binary)
    },
  }
}

async function complaintAbout(
  loadBalancer: LoadBalancer,
  options: TestOptions,
  binary: string,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lbex-golden-'))
  try {
    const {files} = render(loadBalancer, {...options, directory})
    for (const folder of ['run', 'logs', 'services', 'tls']) await mkdir(join(directory, folder))
    for (const {path, pem} of files.flatMap(({secrets = []}) => secrets))
      await writeFile(join(directory, path), pem?.reveal() ?? standInCertificate())
    for (const {path, text} of assembleGeneration(files).files) await writeFile(join(directory, path), text)
    return await testConfiguration(binary, directory)
  } finally {
    await rm(directory, {recursive: true, force: true})
  }
}

async function testConfiguration(binary: string, directory: string): Promise<string> {
  const parameters = ['-t', '-q', '-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr']
  try {
    const {stderr} = await run(binary, parameters, {timeout: UNIT_TIMEOUT})
    return stderr.trim()
  } catch (error) {
    return (error as {stderr?: string}).stderr ?? String(error)
  }
}

/** Every port is replaced by one that is free, and every address by one of the loopback; equal ones stay equal. */
async function onFreePorts({services, shared}: LoadBalancer): Promise<LoadBalancer> {
  const keys = ownedListeners({services, shared}).map(({listener}) => listener.key)
  const ports = distinct(keys.map(({port}) => port))
  const addresses = distinct(keys.map(({address}) => address).filter((address) => !isWildcard(address)))
  const free = await freePorts(ports.length)
  const move = (key: ListenerKey): ListenerKey => ({
    ...key,
    address: isWildcard(key.address) ? key.address : loopback(key.address, addresses.indexOf(key.address)),
    port: free[ports.indexOf(key.port)] ?? key.port,
  })
  return {
    services: services.map((service) => ({
      ...service,
      listeners: service.listeners.map((listener) => ({...listener, key: move(listener.key)})),
    })),
    shared: shared.map((each) => ({...each, listener: {...each.listener, key: move(each.listener.key)}})),
  }
}

/** Linux has all of 127.0.0.0/8, and one address for IPv6. */
function loopback(address: string, index: number): string {
  return address.includes(':') ? '::1' : `127.0.0.${index + 1}`
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
