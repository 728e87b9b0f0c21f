/** Classifies errors of gcloud by its output: its exit code is 1 for every error, and 0 for a list that is incomplete. */
import {Failure} from '../diagnostics/failure.js'

/** The output on stderr, without hints about the use of gcloud. */
export function wordsOf(stderr: string): string {
  const [error = ''] = stderr.split(/\n\n?If you would like to report this issue/)
  return error
    .split('\n')
    .map((line) => line.trimEnd().replace(/ This command is authenticated .* property$/, ''))
    .filter((line) => line !== '')
    .join('\n')
}

/** Whether the resource `name` itself was not found, rather than its project or network. */
export function isNotFound(stderr: string, name: string): boolean {
  const [, path] = /The resource '([^']*)' was not found/.exec(stderr) ?? []
  // A project and its network may have the same name.
  if (path !== undefined) return path.endsWith(`/${name}`) && path !== `projects/${name}`
  return (
    // GKE, and IAM in two spellings.
    new RegExp(`Not found: projects/\\S*/${escape(name)}[.\\s]`).test(`${stderr} `) ||
    (name.includes('@') && /NOT_FOUND: Unknown service account/.test(stderr)) ||
    new RegExp(`Service account \\S*${escape(name)} does not exist`).test(stderr)
  )
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

const TEMPORARY =
  /HTTPError (429|50\d)|code=(429|50\d)|rate limit|quota exceeded for .*per minute|RESOURCE_EXHAUSTED|currently unavailable|backend ?error|internal error|try again|retry the whole|concurrent policy changes|is not ready|Service account \S+ does not exist|being used by another operation|gcloud crashed \((ConnectionError|ReadTimeout|ConnectTimeout|SSLError|TransportError|ServerNotFoundError|timeout|OSError)|Connection (aborted|reset|refused)|Remote end closed|timed out/i

/** Whether a retry of the same command may succeed. */
export function isTemporary(stderr: string): boolean {
  return TEMPORARY.test(stderr)
}

/** Whether a list is incomplete. gcloud reports that as a warning only. */
export function isIncomplete(stderr: string): boolean {
  return /Some requests did not succeed/.test(stderr)
}

const NO_CREDENTIALS =
  /do not currently have an active account|gcloud auth login|Reauthentication (is needed|failed)|invalid_grant|UNAUTHENTICATED|HTTPError 401|Could not find default credentials|Invalid Credentials/i

/** The Failure for a failed command. `command`: its words, for the message; `endedBy`: the signal that ended it. */
export function gcloudFailure(command: string, stderr: string, endedBy?: string): Failure {
  const words = wordsOf(stderr) || (endedBy ? `it was ended by ${endedBy}` : 'it printed no error')
  if (NO_CREDENTIALS.test(stderr)) {
    const lines = words.split('\n')
    const error = lines.find((line) => line.startsWith('ERROR:')) ?? lines[0] ?? ''
    return new Failure(`gcloud has no valid credentials: ${error}`, {
      code: 'gcloud-credentials',
      hint: 'run gcloud auth login (or set CLOUDSDK_AUTH_ACCESS_TOKEN_FILE), then retry the command',
    })
  }
  return new Failure(`${command} failed:\n${words.replace(/^/gm, '  ')}`, {
    code: 'gcloud-failed',
    temporary: isTemporary(stderr),
    hint: hintFor(stderr),
  })
}

function hintFor(stderr: string): string | undefined {
  if (/unrecognized arguments|Invalid choice/.test(stderr)) {
    return 'this gcloud may be too old: run gcloud components update, or update its package'
  }
  if (/permission|PERMISSION_DENIED|HTTPError 403|code=403/i.test(stderr)) {
    return 'the active account (gcloud auth list) lacks a role in this project, or the project does not exist'
  }
  return undefined
}
