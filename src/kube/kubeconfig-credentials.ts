/** `--kubeconfig PATH`: whatever a kubeconfig can say, certificates, tokens and plugins included. */
import type {KubeConfig} from '@kubernetes/client-node'
import {readFile} from 'node:fs/promises'
import type {OutgoingHttpHeaders} from 'node:http'
import type {RequestOptions} from 'node:https'
import {dirname} from 'node:path'
import {Failure, messageOf} from '../diagnostics/failure.js'
import type {Credentials, CredentialSource, TlsOptions} from './credentials.js'
import {chooseContext, type ChosenContext, type RawKubeconfig} from './kubeconfig.js'

/** `context`: absent for the current one. The library is loaded when the first credentials are. */
export function kubeconfigCredentials(path: string, context: string | undefined): CredentialSource {
  return new KubeconfigCredentials(path, context)
}

type Loaded = {readonly source: string; readonly chosen: ChosenContext; readonly config: KubeConfig}

class KubeconfigCredentials implements CredentialSource {
  private loaded: Loaded | undefined

  constructor(
    private readonly path: string,
    private readonly context: string | undefined,
  ) {}

  get through(): string {
    const context = this.loaded?.chosen.context ?? this.context
    return `--kubeconfig ${this.path}${context === undefined ? '' : `, context ${context}`}`
  }

  /** A plugin is started again when its credentials have expired, the file has changed, or `fresh` is asked for. */
  async load(fresh: boolean): Promise<Credentials> {
    const source = await readText(this.path, 'kubeconfig-unreadable')
    if (fresh || this.loaded?.source !== source) this.loaded = await this.parse(source)
    const {chosen, config} = this.loaded
    const options = await this.apply(config, chosen)
    return {
      server: chosen.server,
      headers: {...chosen.headers, ...(await authorization(options, chosen))} as OutgoingHttpHeaders,
      tls: tlsOf(options),
      ...(chosen.proxy && {proxy: chosen.proxy}),
    }
  }

  private async parse(source: string): Promise<Loaded> {
    const {KubeConfig, loadYaml} = await import('./client-node.js')
    const raw = this.parseYaml(() => loadYaml<RawKubeconfig>(source))
    try {
      const chosen = chooseContext(raw, this.path, this.context)
      const config = new KubeConfig()
      config.loadFromString(chosen.text)
      config.makePathsAbsolute(dirname(this.path))
      return {source, chosen, config}
    } catch (error) {
      // The words of a library may quote the file, and it may hold a token.
      throw error instanceof Failure ? error : this.invalid('what it holds cannot be used')
    }
  }

  private parseYaml(parse: () => RawKubeconfig): RawKubeconfig {
    try {
      const value = parse()
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
    } catch (error) {
      // Only the first line: the others quote the file, and may hold a token.
      throw this.invalid(messageOf(error).split('\n')[0] ?? '')
    }
    throw this.invalid('it holds no mapping')
  }

  private invalid(problem: string): Failure {
    return new Failure(`${this.path} is no kubeconfig: ${problem}`, {
      code: 'kubeconfig-invalid',
      hint: `kubectl config view --kubeconfig ${this.path} shows what kubectl makes of it`,
    })
  }

  private async apply(config: KubeConfig, {usesExec}: ChosenContext): Promise<RequestOptions> {
    try {
      const options: RequestOptions = {}
      await config.applyToHTTPSOptions(options)
      if (usesExec && !hasCredential(options)) throw new TypeError('the plugin gave nothing')
      return options
    } catch (error) {
      throw new Failure(`no credentials from ${this.through}: ${this.whyNone(error, usesExec)}`, {
        code: 'credentials-failed',
        hint: usesExec
          ? 'run the command that the kubeconfig names under users[].user.exec by hand'
          : 'check the files that the kubeconfig names, and that the user who runs lbex may read them',
        temporary: usesExec && hasRun(error),
      })
    }
  }

  /** What a plugin printed as its answer, or the file holds, may be a token: only what it said on stderr is shown. */
  private whyNone(error: unknown, usesExec: boolean): string {
    const isQuoting = error instanceof SyntaxError || error instanceof TypeError
    if (usesExec && isQuoting) return 'the plugin answered with something that is no ExecCredential'
    if (isQuoting) return 'what the kubeconfig says of the user or the cluster cannot be used'
    return messageOf(error).trim().split('\n')[0]?.slice(0, 300) || 'the plugin failed without a word'
  }
}

/** A plugin may fail because what it asks is away. It is not there, or its answer is none: no waiting mends that. */
function hasRun(error: unknown): boolean {
  const isQuoting = error instanceof SyntaxError || error instanceof TypeError
  return error instanceof Error && !isQuoting && !('code' in error)
}

/** The library takes `null` of a plugin for an answer, and goes on without a name. */
function hasCredential({headers, cert}: RequestOptions): boolean {
  return Boolean((headers as OutgoingHttpHeaders | undefined)?.Authorization ?? cert)
}

async function authorization(
  {auth, headers}: RequestOptions,
  {tokenFile}: ChosenContext,
): Promise<OutgoingHttpHeaders> {
  const given = trimmed((headers ?? {}) as OutgoingHttpHeaders)
  if (auth) return {...given, Authorization: `Basic ${Buffer.from(auth).toString('base64')}`}
  if (!tokenFile) return given
  const token = await readText(tokenFile, 'credentials-failed')
  return {...given, Authorization: `Bearer ${token.trim()}`}
}

/** Tokens come with the line break of the file that held them. */
function trimmed(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]),
  )
}

function tlsOf({ca, cert, key, pfx, passphrase, servername, rejectUnauthorized}: RequestOptions): TlsOptions {
  return {
    ...(ca && {ca}),
    ...(cert && {cert}),
    ...(key && {key}),
    ...(pfx && {pfx}),
    ...(passphrase && {passphrase}),
    ...(servername && {servername}),
    ...(rejectUnauthorized !== undefined && {rejectUnauthorized}),
  }
}

async function readText(path: string, code: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${messageOf(error)}`, {
      code,
      hint: 'check that it is there and that the user who runs lbex may read it',
      cause: error,
    })
  }
}
