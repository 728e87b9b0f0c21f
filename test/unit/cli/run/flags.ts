/** The flags of a command line, read as the commands read them. */
import {checkFlags} from '../../../../src/cli/flags/check.js'
import {accessFlags} from '../../../../src/cli/flags/access.js'
import {daemonFlags} from '../../../../src/cli/flags/daemon.js'
import {doctorFlags} from '../../../../src/cli/flags/doctor.js'
import {coverageFlags, inputFlags} from '../../../../src/cli/flags/input.js'
import {logFlags} from '../../../../src/cli/flags/log.js'
import {nginxFlags} from '../../../../src/cli/flags/nginx.js'
import {publishFlags} from '../../../../src/cli/flags/publish.js'
import {outputFlags} from '../../../../src/cli/flags/output.js'
import {selectionFlags} from '../../../../src/cli/flags/selection.js'
import {servingFlags} from '../../../../src/cli/flags/serving.js'
import {trafficFlags, trafficOutputFlags} from '../../../../src/cli/flags/traffic.js'
import {uiFlags} from '../../../../src/cli/flags/ui.js'
import type {AllCheckFlags} from '../../../../src/lint/command/check-task.js'
import {parseFlags, parseFlagsAndWords} from '../../../../src/cli/parse-flags.js'

const all = {
  ...accessFlags,
  ...inputFlags,
  ...coverageFlags,
  ...outputFlags,
  ...doctorFlags,
  ...daemonFlags,
  ...selectionFlags,
  ...servingFlags,
  ...publishFlags,
  ...nginxFlags,
  ...trafficFlags,
  ...trafficOutputFlags,
  ...uiFlags,
  ...logFlags,
}

export async function flagsOf<T>(...argv: string[]): Promise<T> {
  return (await parseFlags(all, argv, {})) as T
}

/** The flags and paths of `lbex check`. */
export async function checkLine(
  ...argv: string[]
): Promise<{flags: AllCheckFlags; words: readonly string[]}> {
  const {flags, words} = await parseFlagsAndWords(
    {...checkFlags, ...selectionFlags, ...servingFlags},
    argv,
    {},
  )
  return {flags: flags as AllCheckFlags, words}
}
