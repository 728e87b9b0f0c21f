/** Packs what was laid out: the same folder gives the same bytes. */
import {execFileSync} from 'node:child_process'
import {basename, dirname, join} from 'node:path'
import {OLDEST_GLIBC, type Architecture} from './node-binary.js'
import {copy, settle, write, type Project} from './stage.js'

/** `npm pack` of the folder; npm itself gives every file the same time. */
export function packNpm(folder: string, target: string): void {
  run('npm', ['pack', '--silent', '--pack-destination', dirname(target), folder])
}

/** The archive holds the folder by its name. */
export function packTarball(folder: string, target: string, {epoch}: Project): void {
  const order = [
    '--sort=name',
    '--format=gnu',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    `--mtime=@${epoch}`,
  ]
  const name = basename(folder)
  run('tar', [...order, '--use-compress-program=gzip -n', '-C', dirname(folder), '-cf', target, name])
}

/** Makes a package of the tree in `folder`/usr, with what dpkg wants beside it. */
export function packDeb(folder: string, target: string, project: Project, architecture: Architecture): void {
  const {root, epoch} = project
  copy(join(root, 'packaging/etc'), join(folder, 'etc'))
  copy(join(root, 'packaging/debian/copyright'), join(folder, 'usr/share/doc/lbex/copyright'))
  copy(join(root, 'packaging/debian/lintian-overrides'), join(folder, 'usr/share/lintian/overrides/lbex'))
  write(folder, {'usr/share/doc/lbex/changelog': changelog(project)})
  compress(folder, 'usr/share/doc/lbex/changelog', 'usr/share/man/man1')
  for (const script of ['preinst', 'postinst', 'prerm', 'postrm'])
    copy(join(root, 'packaging/debian', script), join(folder, 'DEBIAN', script))
  write(folder, {'DEBIAN/conffiles': '/etc/default/lbex\n'})
  settle(folder, epoch)
  write(folder, {'DEBIAN/control': control(project, architecture, sizeOf(folder))})
  settle(folder, epoch)
  // Debian accepts no zstd, and xz takes three times as long as gzip.
  const build = ['--root-owner-group', '-Zgzip', '--build', folder, target]
  run('dpkg-deb', build, {SOURCE_DATE_EPOCH: String(epoch)})
}

/** A pre-release comes before its release: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version */
function debianVersion(version: string): string {
  return version.replace('-', '~')
}

/** With an entry for this version: https://www.debian.org/doc/debian-policy/ch-docs.html#changelog-files-and-release-notes */
function changelog({version, maintainer, epoch}: Project): string {
  const date = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')
  return `lbex (${debianVersion(version)}) unstable; urgency=medium

  * Version ${version}. What changed is in the notes of the release.

 -- ${maintainer}  ${date}
`
}

/** As Debian's policy asks for documentation and man pages; without the name and time of the file, so that the bytes are the same. */
function compress(folder: string, ...paths: readonly string[]): void {
  run('gzip', ['-9', '--no-name', '--recursive', ...paths.map((path) => join(folder, path))])
}

export const DEBIAN_ARCHITECTURE: Record<Architecture, string> = {x64: 'amd64', arm64: 'arm64'}

/** nginx.org's NGINX has stream built in, so the module of Debian's is recommended, not demanded. */
function control({version, maintainer}: Project, architecture: Architecture, kibibytes: number): string {
  return `Package: lbex
Version: ${debianVersion(version)}
Architecture: ${DEBIAN_ARCHITECTURE[architecture]}
Maintainer: ${maintainer}
Section: net
Priority: optional
Installed-Size: ${kibibytes}
Depends: libc6 (>= ${OLDEST_GLIBC}), libgcc-s1, libstdc++6, nginx (>= 1.18), passwd
Recommends: libnginx-mod-stream, libnginx-mod-stream-js (>= 0.8), default-dbus-system-bus | dbus-system-bus
Suggests: iproute2
Description: external load balancer for Kubernetes Services, TCP and UDP
 Serves the Services of a Kubernetes cluster that ask for it with an
 annotation, by an NGINX of its own on this host, and follows every change of
 the cluster without dropping connections.
 .
 The service is installed, not started: tell it of a cluster in
 /etc/default/lbex first. It comes with a Node.js of its own.
`
}

function sizeOf(folder: string): number {
  return Number(run('du', ['-sk', '--apparent-size', folder]).split('\t')[0])
}

function run(command: string, parameters: readonly string[], variables: Record<string, string> = {}): string {
  return execFileSync(command, parameters, {
    encoding: 'utf8',
    env: {...process.env, ...variables},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
