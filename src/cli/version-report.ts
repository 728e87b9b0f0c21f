/** The output of `lbex version`. */
import {EXIT, type CommandReport} from '../report/report.js'

export type Versions = {
  readonly lbex: string
  /** `v20.19.0` */
  readonly node: string
  /** `linux-x64` */
  readonly platform: string
}

export function versionReport(versions: Versions, format: 'json' | undefined): CommandReport {
  if (format === 'json')
    return {
      output: `${JSON.stringify(versions, undefined, 2)}\n`,
      notes: '',
      exitCode: EXIT.fine,
      medium: 'json',
    }
  const {lbex, node, platform} = versions
  return {output: `lbex ${lbex}\nNode.js ${node}\n${platform}\n`, notes: '', exitCode: EXIT.fine}
}
