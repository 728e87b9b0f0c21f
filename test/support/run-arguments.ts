/** Arguments of lbex in manifests of Pods, parsed as lbex parses them. */
import RunCommand from '../../src/commands/run.js'
import {parseFlags} from '../../src/cli/parse-flags.js'

export type RunFlags = {
  'pre-stop-delay': number
  'shutdown-timeout': number
  'health-port': number
  workers?: number
}

/** The flags of `run ARGUMENTS`; rejects if lbex would refuse them. */
export async function runFlagsOf([command, ...rest]: readonly string[]): Promise<RunFlags> {
  if (command !== 'run') throw new Error(`${command} instead of run`)
  return (await parseFlags(RunCommand.flags, rest, {})) as RunFlags
}

/** Why lbex would refuse them; undefined if it does not. */
export async function argumentProblem(parameters: readonly string[]): Promise<string | undefined> {
  return runFlagsOf(parameters).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  )
}
