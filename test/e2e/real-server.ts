/**
 * A real etcd and kube-apiserver on loopback, for as long as a suite runs. They have no controllers unless a test starts some:
 * what those would write, a test writes. Tests use a proxy that requires no credentials and acts as the administrator, as
 * `kubectl proxy` is; lbex comes with a token of its own, which may do what the roles of deploy/ say.
 */
import {spawn, type ChildProcess} from 'node:child_process'
import {generateKeyPairSync} from 'node:crypto'
import {once} from 'node:events'
import {openSync} from 'node:fs'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {request as httpsRequest} from 'node:https'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {whenAbandoned} from '../support/abandoned.js'
import {AUTHORITY, SERVER} from '../support/api-double/certificates.js'
import {freePorts} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {waitFor} from '../support/wait.js'
import type {Assets} from './api-server-assets.js'
import {grantRoles} from './real-roles.js'

const ADMIN = 'token-of-the-administrator'
const LBEX = 'token-of-lbex'

export class RealServer {
  private readonly closed: () => void
  private readonly processes = new Map<string, ChildProcess>()
  private readonly front: Server
  private launchApiServer: () => Promise<void> = () => Promise.reject(new Error('it never ran'))

  static async start(assets: Assets): Promise<RealServer> {
    const [folder, [etcdPort = 0, peerPort = 0, port = 0]] = await Promise.all([
      temporaryFolder(),
      freePorts(3),
    ])
    const server = new RealServer(folder, port)
    try {
      await server.startEtcd(assets.etcd, etcdPort, peerPort)
      await server.startApiServer(assets.apiServer, etcdPort)
      await server.letLbexIn()
      return server
    } catch (error) {
      await server.stop()
      throw error
    }
  }

  private constructor(
    private readonly folder: TemporaryFolder,
    private readonly port: number,
  ) {
    this.front = createServer((request, response) => this.forward(request, response))
    this.closed = whenAbandoned(() => this.abandon())
  }

  /** The front. */
  get url(): string {
    return `http://127.0.0.1:${(this.front.address() as AddressInfo).port}`
  }

  /** The way in for lbex. */
  get kubeconfig(): string {
    return join(this.folder.path, 'kubeconfig')
  }

  private get certificates(): string {
    return join(this.folder.path, 'certificates')
  }

  /** etcd goes on; what is returned starts the API server again. */
  async killApiServer(): Promise<() => Promise<void>> {
    await kill(this.processes.get('kube-apiserver'))
    return () => this.launchApiServer()
  }

  /** Runs these controllers of kube-controller-manager; what is returned ends them. */
  async startControllers(program: string, controllers: readonly string[]): Promise<() => Promise<void>> {
    const kubeconfig = join(this.folder.path, 'administrator')
    await this.writeKubeconfig(kubeconfig, ADMIN)
    const [port = 0] = await freePorts(1)
    const parameters = [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${controllers.join()}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--tls-cert-file=${join(this.certificates, 'server.crt')}`,
      `--tls-private-key-file=${join(this.certificates, 'server.key')}`,
    ]
    await this.launch('kube-controller-manager', program, parameters, () => isHealthy(port))
    return () => kill(this.processes.get('kube-controller-manager'))
  }

  async stop(): Promise<void> {
    this.closed()
    this.front.close()
    this.front.closeAllConnections()
    for (const child of [...this.processes.values()].reverse()) await kill(child)
    await this.folder.remove()
  }

  private async startEtcd(program: string, port: number, peerPort: number): Promise<void> {
    const url = `http://127.0.0.1:${port}`
    const health = async (): Promise<boolean> => (await fetch(`${url}/health`)).ok
    const parameters = [
      `--data-dir=${join(this.folder.path, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      '--unsafe-no-fsync',
    ]
    await this.launch('etcd', program, parameters, health)
    // The API server begins with a history that it does not know, as one does that was started again.
    for (let change = 0; change < 3; change += 1) {
      const body = JSON.stringify({key: btoa('/of-another'), value: btoa(String(change))})
      const {ok} = await fetch(`${url}/v3/kv/put`, {method: 'POST', body})
      if (!ok) throw new Error('etcd does not take a value')
    }
  }

  private async startApiServer(program: string, etcdPort: number): Promise<void> {
    const {certificates} = this
    await mkdir(certificates)
    const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048})
    const write = async (name: string, text: string): Promise<string> => {
      const path = join(certificates, name)
      await writeFile(path, text, {mode: 0o600})
      return path
    }
    const accountKey = await write(
      'accounts.key',
      privateKey.export({type: 'pkcs1', format: 'pem'}) as string,
    )
    const parameters = [
      `--etcd-servers=http://127.0.0.1:${etcdPort}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${this.port}`,
      `--cert-dir=${certificates}`,
      `--tls-cert-file=${await write('server.crt', SERVER.cert)}`,
      `--tls-private-key-file=${await write('server.key', SERVER.key)}`,
      `--token-auth-file=${await write('tokens.csv', `${ADMIN},admin,1,"system:masters"\n${LBEX},lbex,2\n`)}`,
      '--authorization-mode=RBAC',
      `--service-account-issuer=https://127.0.0.1:${this.port}/`,
      `--service-account-key-file=${accountKey}`,
      `--service-account-signing-key-file=${accountKey}`,
      // The accounts that it wants are made by a controller, and there is none.
      '--disable-admission-plugins=ServiceAccount',
      '--service-cluster-ip-range=10.0.0.0/16',
      // Backends are programs of the test, at whatever port they got.
      '--service-node-port-range=1024-65535',
    ]
    this.front.listen(0, '127.0.0.1')
    await once(this.front, 'listening')
    const answers = async (path: string): Promise<boolean> => (await fetch(`${this.url}${path}`)).ok
    const isReady = async (): Promise<boolean> =>
      (await answers('/readyz')) && (await answers('/api/v1/namespaces/default'))
    this.launchApiServer = () => this.launch('kube-apiserver', program, parameters, isReady)
    await this.launchApiServer()
  }

  private async letLbexIn(): Promise<void> {
    await grantRoles(this.url, 'lbex')
    await this.writeKubeconfig(this.kubeconfig, LBEX)
  }

  private async writeKubeconfig(path: string, token: string): Promise<void> {
    const cluster = {
      server: `https://127.0.0.1:${this.port}`,
      'certificate-authority-data': Buffer.from(AUTHORITY).toString('base64'),
    }
    const kubeconfig = {
      'current-context': 'test',
      clusters: [{name: 'test', cluster}],
      users: [{name: 'user', user: {token}}],
      contexts: [{name: 'test', context: {cluster: 'test', user: 'user'}}],
    }
    await writeFile(path, JSON.stringify(kubeconfig), {mode: 0o600})
  }

  /** Starts a program, and waits until it is there; where it ends instead its own words say why. */
  private async launch(
    name: string,
    program: string,
    parameters: readonly string[],
    isThere: () => Promise<boolean>,
  ): Promise<void> {
    const log = join(this.folder.path, `${name}.log`)
    const output = openSync(log, 'w')
    const child = spawn(program, parameters, {cwd: this.folder.path, stdio: ['ignore', output, output]})
    child.on('error', () => {})
    this.processes.set(name, child)
    const look = async (): Promise<boolean> => {
      if (child.pid === undefined || child.exitCode !== null) throw new Error(`${name} ended`)
      return isThere().catch(() => false)
    }
    await waitFor(look, {what: name, deadline: 60_000, every: 100}).catch(async (error: Error) => {
      const words = (await readFile(log, 'utf8')).split('\n').slice(-20).join('\n')
      throw new Error(`${error.message}; it said:\n${words}`)
    })
  }

  private forward(request: IncomingMessage, response: ServerResponse): void {
    const {method, url: path, headers} = request
    const onward = httpsRequest({
      ...{host: '127.0.0.1', port: this.port, ca: AUTHORITY, method, path},
      headers: {...headers, host: `127.0.0.1:${this.port}`, authorization: `Bearer ${ADMIN}`},
    })
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.flushHeaders()
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  }

  /** Where mocha is interrupted no hook runs any more. */
  private abandon(): void {
    for (const child of this.processes.values()) child.kill('SIGKILL')
  }
}

async function isHealthy(port: number): Promise<boolean> {
  const request = httpsRequest({host: '127.0.0.1', port, path: '/healthz', ca: AUTHORITY}).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode === 200
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
