/** `--kubeconfig PATH`: certificates, tokens and exec plugins of a kubeconfig. */
import type {KubeConfig} from '@kubernetes/client-node'
import {readFile} from 'node:fs/promises'
import type {OutgoingHttpHeaders} from 'node:http'
import type {RequestOptions} from 'node:https'
import {dirname} from 'node:path'
import {Failure, messageOf} from '../diagnostics/failure.js'
import type {Credentials, CredentialSource, TlsOptions} from './credentials.js'
import {chooseContext, type ChosenContext, type RawKubeconfig} from './kubeconfig.js'

/** `context`: default: the current one. client-node is imported when credentials are first loaded. */
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

  /** Runs the plugin again if its credentials have expired or the file has changed, and with `fresh`. */
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
      // The message of a library may quote the file, which may contain a token.
      throw error instanceof Failure ? error : this.invalid('its content cannot be used')
    }
  }

  private parseYaml(parse: () => RawKubeconfig): RawKubeconfig {
    try {
      const value = parse()
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
    } catch (error) {
      // Only the first line: the others quote the file, which may contain a token.
      throw this.invalid(messageOf(error).split('\n')[0] ?? '')
    }
    throw this.invalid('it is not a mapping')
  }

  private invalid(problem: string): Failure {
    return new Failure(`${this.path} is not a valid kubeconfig: ${problem}`, {
      code: 'kubeconfig-invalid',
      hint: `compare it with the output of kubectl config view --kubeconfig ${this.path}`,
    })
  }

  private async apply(config: KubeConfig, {usesExec}: ChosenContext): Promise<RequestOptions> {
    try {
      const options: RequestOptions = {}
      await config.applyToHTTPSOptions(options)
      if (usesExec && !hasCredential(options)) throw new TypeError('the plugin returned no credentials')
      return options
    } catch (error) {
      throw new Failure(`no credentials from ${this.through}: ${this.whyNone(error, usesExec)}`, {
        code: 'credentials-failed',
        hint: usesExec
          ? 'run the command in users[].user.exec of the kubeconfig by hand'
          : 'check that the files in the kubeconfig exist, and that the user who runs lbex can read them',
        temporary: usesExec && hasRun(error),
      })
    }
  }

  /** The output of a plugin and the file may contain a token: only stderr of the plugin is shown. */
  private whyNone(error: unknown, usesExec: boolean): string {
    const isQuoting = error instanceof SyntaxError || error instanceof TypeError
    if (usesExec && isQuoting) return 'the output of the plugin is not a valid ExecCredential'
    if (isQuoting) return 'the user or the cluster in the kubeconfig is not valid'
    return messageOf(error).trim().split('\n')[0]?.slice(0, 300) || 'the plugin failed without a message'
  }
}

/** A retry can help if the plugin ran and failed. It cannot help if the command does not exist, or if its output is not valid. */
function hasRun(error: unknown): boolean {
  const isQuoting = error instanceof SyntaxError || error instanceof TypeError
  return error instanceof Error && !isQuoting && !('code' in error)
}

/** client-node accepts `null` from a plugin, and then sends anonymous requests. */
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

/** A token from a file may end with a line break. */
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
      hint: 'check that it exists and that the user who runs lbex can read it',
      cause: error,
    })
  }
}
