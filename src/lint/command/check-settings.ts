/** Merges the flags of `lbex check` with `.lbex.yaml`. Flags take precedence. */
import {dirname, relative, resolve} from 'node:path'
import {pathPattern} from '../path-pattern.js'
import {EVERYWHERE, type Policy} from '../policy.js'
import type {CheckFlags} from '../../cli/flags/check.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {Severity} from '../../diagnostics/rule.js'
import {configOutside, findConfig, readConfigText, type LintConfigFile} from '../config/find-config.js'
import {NO_CONFIG, readConfig} from '../config/read-config.js'
import {fileUnreadable} from '../../sources/manifests/file-failures.js'
import {leadsOut} from '../../util/leads-out.js'
import {isOwnStream} from '../../util/own-streams.js'
import {repositoryRoot} from '../../util/repository-root.js'
import {pathBelow} from './check-paths.js'

export type CheckSettings = {
  readonly failOn: Severity
  readonly maxWarnings?: number
  readonly policy: Policy
  /** False for a file that is excluded; takes the name of the file in findings. */
  readonly accepts: (file: string) => boolean
  /** About the configuration file itself. */
  readonly diagnostics: readonly Diagnostic[]
  /** The configuration file by the name it has in findings, with its text. */
  readonly file?: readonly [name: string, text: string]
}

/** Rejects with a Failure if the configuration cannot be read. */
export async function readSettings(flags: CheckFlags, cwd: string): Promise<CheckSettings> {
  const file = await configFile(flags, cwd)
  const name = file && (relative(cwd, file.path) || file.path)
  const {config, diagnostics} =
    file && name ? readConfig(name, file.text) : {config: NO_CONFIG, diagnostics: []}
  const within = matcher(file ? dirname(file.path) : cwd, cwd)
  const isExcluded = within(config.exclude)
  const maxWarnings = flags['max-warnings'] ?? config.maxWarnings
  return {
    failOn: flags['fail-on'] ?? config.failOn ?? 'error',
    ...(maxWarnings !== undefined && {maxWarnings}),
    policy: [
      {applies: EVERYWHERE, ...config},
      ...config.overrides.map((override) => ({...override, applies: within(override.paths)})),
      {
        applies: EVERYWHERE,
        disable: flags.disable ?? [],
        severity: new Map(flags.severity?.map(({code, severity}) => [code, severity])),
      },
    ],
    accepts: (path) => !isExcluded(path),
    diagnostics,
    ...(file && name && {file: [name, file.text] as const}),
  }
}

async function configFile(
  {config: flag, 'follow-links': followLinks}: CheckFlags,
  cwd: string,
): Promise<LintConfigFile | undefined> {
  if (flag === 'none') return undefined
  if (flag === undefined) return findConfig(cwd, repositoryRoot(cwd))
  const path = resolve(cwd, flag)
  if (!followLinks && !isOwnStream(path) && (await leadsOut(path, cwd))) throw configOutside(flag)
  return {
    path,
    text: await readConfigText(path).catch((error: unknown) =>
      Promise.reject(fileUnreadable(flag, error, false)),
    ),
  }
}

/** Patterns are relative to the folder of the configuration, file names to the working directory. */
function matcher(folder: string, cwd: string): (patterns: readonly string[]) => (file: string) => boolean {
  return (patterns) => {
    const tests = patterns.map(pathPattern)
    const known = new Map<string, boolean>()
    return (file) => {
      const path = pathBelow(folder, resolve(cwd, file))
      const found = known.get(file) ?? (path !== undefined && tests.some((test) => test.test(path)))
      known.set(file, found)
      return found
    }
  }
}
