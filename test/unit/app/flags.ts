/** The flags of a command line, read as the commands read them. */
import {accessFlags} from '../../../src/cli/flags/access.js'
import {daemonFlags} from '../../../src/cli/flags/daemon.js'
import {doctorFlags} from '../../../src/cli/flags/doctor.js'
import {coverageFlags, inputFlags} from '../../../src/cli/flags/input.js'
import {logFlags} from '../../../src/cli/flags/log.js'
import {nginxFlags} from '../../../src/cli/flags/nginx.js'
import {outputFlags} from '../../../src/cli/flags/output.js'
import {selectionFlags} from '../../../src/cli/flags/selection.js'
import {servingFlags} from '../../../src/cli/flags/serving.js'
import {parseFlags} from '../../../src/cli/parse-flags.js'

const all = {
  ...accessFlags,
  ...inputFlags,
  ...coverageFlags,
  ...outputFlags,
  ...doctorFlags,
  ...daemonFlags,
  ...selectionFlags,
  ...servingFlags,
  ...nginxFlags,
  ...logFlags,
}

export async function flagsOf<T>(...argv: string[]): Promise<T> {
  return (await parseFlags(all, argv, {})) as T
}
