/** Certificates, tokens and exec plugins of the kubeconfig of --kubeconfig, or of those that kubectl would read. */
import type {KubeConfig} from '@kubernetes/client-node'
import {existsSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import type {OutgoingHttpHeaders} from 'node:http'
import type {RequestOptions} from 'node:https'
import {dirname} from 'node:path'
import {Failure, messageOf} from '../diagnostics/failure.js'
import type {Credentials, CredentialSource, TlsOptions} from './credentials.js'
import {chooseContext, type ChosenContext, type RawKubeconfig} from './kubeconfig.js'
import {mergeKubeconfigs, type KubeconfigFiles} from './kubeconfig-files.js'

/** `context`: default: the current one. client-node is imported when credentials are first loaded. */
export function kubeconfigCredentials(path: string, context: string | undefined): CredentialSource {
  return mergedCredentials({paths: [path], label: path, through: `--kubeconfig ${path}`}, context)
}

/** As kubeconfigCredentials, for several files. */
export function mergedCredentials(files: KubeconfigFiles, context: string | undefined): CredentialSource {
  return new KubeconfigCredentials(files, context)
}

/** The text of a file that exists. */
type SourceText = {readonly path: string; readonly text: string}

type Loaded = {readonly texts: string; readonly chosen: ChosenContext; readonly config: KubeConfig}

class KubeconfigCredentials implements CredentialSource {
  private loaded: Loaded | undefined

  constructor(
    private readonly files: KubeconfigFiles,
    private readonly context: string | undefined,
  ) {}

  get through(): string {
    const context = this.loaded?.chosen.context ?? this.context
    return `${this.files.through}${context === undefined ? '' : `, context ${context}`}`
  }

  /** Runs the plugin again if its credentials have expired or the file has changed, and with `fresh`. */
  async load(fresh: boolean): Promise<Credentials> {
    const sources = await this.read()
    const texts = sources.map(({text}) => text).join('\0')
    if (fresh || this.loaded?.texts !== texts) this.loaded = {texts, ...(await this.parse(sources))}
    const {chosen, config} = this.loaded
    const options = await this.apply(config, chosen)
    return {
      server: chosen.server,
      headers: {...chosen.headers, ...(await authorization(options, chosen))} as OutgoingHttpHeaders,
      tls: tlsOf(options),
      ...(chosen.proxy && {proxy: chosen.proxy}),
    }
  }

  /** Of several files, those that exist; at least one. */
  private async read(): Promise<SourceText[]> {
    const {paths, label} = this.files
    const existing = paths.length === 1 ? paths : paths.filter((path) => existsSync(path))
    if (existing.length === 0) throw unreadable(label, 'none of the files exists')
    return Promise.all(
      existing.map(async (path) => ({path, text: await readText(path, 'kubeconfig-unreadable')})),
    )
  }

  private async parse(sources: readonly SourceText[]): Promise<Omit<Loaded, 'texts'>> {
    const {KubeConfig, loadYaml} = await import('./client-node.js')
    const files = sources.map(({path, text}) => ({
      path,
      raw: this.parseYaml(path, () => loadYaml<RawKubeconfig>(text)),
    }))
    const {label} = this.files
    try {
      const [first, ...others] = files
      const raw = first && others.length === 0 ? first.raw : mergeKubeconfigs(files)
      const chosen = chooseContext(raw, label, this.context)
      const config = new KubeConfig()
      config.loadFromString(chosen.text)
      config.makePathsAbsolute(dirname(first?.path ?? label))
      return {chosen, config}
    } catch (error) {
      // The message of a library may quote the file, which may contain a token.
      throw error instanceof Failure ? error : invalid(label, 'its content cannot be used')
    }
  }

  private parseYaml(path: string, parse: () => RawKubeconfig): RawKubeconfig {
    try {
      const value = parse()
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
    } catch (error) {
      // Only the first line: the others quote the file, which may contain a token.
      throw invalid(path, messageOf(error).split('\n')[0] ?? '')
    }
    throw invalid(path, 'it is not a mapping')
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

function invalid(path: string, problem: string): Failure {
  return new Failure(`${path} is not a valid kubeconfig: ${problem}`, {
    code: 'kubeconfig-invalid',
    hint: `compare it with the output of kubectl config view --kubeconfig ${path}`,
  })
}

function unreadable(path: string, why: string): Failure {
  return new Failure(`cannot read ${path}: ${why}`, {
    code: 'kubeconfig-unreadable',
    hint: 'check the variable KUBECONFIG, or name a file with --kubeconfig',
  })
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
