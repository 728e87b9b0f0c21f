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
  for (const script of ['postinst', 'prerm', 'postrm'])
    copy(join(root, 'packaging/debian', script), join(folder, 'DEBIAN', script))
  write(folder, {'DEBIAN/conffiles': '/etc/default/lbex\n'})
  settle(folder, epoch)
  write(folder, {'DEBIAN/control': control(project, architecture, sizeOf(folder))})
  settle(folder, epoch)
  const build = ['--root-owner-group', '-Zzstd', '-z10', '--threads-max=1', '--build', folder, target]
  run('dpkg-deb', build, {SOURCE_DATE_EPOCH: String(epoch)})
}

/** A pre-release comes before its release: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version */
function debianVersion(version: string): string {
  return version.replace('-', '~')
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
Recommends: libnginx-mod-stream, libnginx-mod-stream-js (>= 0.8)
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
