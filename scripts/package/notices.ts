/** The licences of what is shipped with lbex, as they ask for it. Pure. */
import type {BundledPackage} from './bundled-packages.js'

const RULE = '-'.repeat(78)

export function noticesOf(packages: readonly BundledPackage[]): string {
  const entries = packages.map(({name, version, license, licenseText}) =>
    [RULE, `${name} ${version} (${license})`, RULE, '', licenseText, ''].join('\n'),
  )
  return ['lbex contains code of these packages.', '', ...entries].join('\n')
}
