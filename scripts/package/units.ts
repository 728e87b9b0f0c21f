/** The systemd units: those of packaging/systemd, and templates of them for further instances of lbex on one host. Pure. */

/** For which there are templates too: `lbex@.service` is made of `lbex.service`. */
export const UNITS = ['lbex.service', 'lbex-nginx.service', 'lbex-failed.target'] as const
type Unit = (typeof UNITS)[number]

/** By file name. `sources`: the text of each of UNITS, for the prefix /usr. `prefix`: where bin/ and lib/ will be. */
export function unitFiles(sources: Readonly<Record<Unit, string>>, prefix: string): Record<string, string> {
  const files: Record<string, string> = {}
  for (const name of UNITS) {
    files[name] = withPrefix(sources[name], prefix)
    files[name.replace('.', '@.')] = withPrefix(templateOf(name, sources[name]), prefix)
  }
  return files
}

/** Each instance has units, settings and state of its own. Without settings it would take the ports of the first one, so it fails. */
function templateOf(name: Unit, unit: string): string {
  const template = unit
    .replaceAll(/\b(lbex|lbex-nginx|lbex-failed)\.(service|target)\b/g, '$1@%i.$2')
    .replaceAll(/^(Description=.*?)\blbex\b/gm, '$1lbex %i')
    .replaceAll(/\b(systemctl \w+ lbex)\b/g, '$1@NAME')
    .replaceAll('/etc/default/lbex', '/etc/default/lbex-%i')
    .replaceAll('/var/lib/lbex/', '/var/lib/lbex-%i/')
    .replaceAll(/^StateDirectory=lbex$/gm, 'StateDirectory=lbex-%i')
  if (name !== 'lbex.service') return template
  return template.replace(/^Documentation=.*$/m, '$&\nAssertPathExists=/etc/default/lbex-%i')
}

function withPrefix(unit: string, prefix: string): string {
  return unit
    .replaceAll('/usr/bin/lbex', `${prefix}/bin/lbex`)
    .replaceAll('/usr/lib/lbex', `${prefix}/lib/lbex`)
}
