/** The Node that tarball and .deb bring: taken from a package of the npm registry, and known by its hash. */
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readFileSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'

export type Architecture = 'x64' | 'arm64'

/** The one place that says which Node. The Dockerfile says it again, and a test compares. */
export const NODE_VERSION = '24.21.0'

/** The oldest C library that this Node runs with: `objdump -T node | grep GLIBC_`. */
export const OLDEST_GLIBC = '2.28'

/** `npm view node-linux-ARCHITECTURE@VERSION dist.integrity`. */
const INTEGRITY: Record<Architecture, string> = {
  x64: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  arm64: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
}

export type NodeBinary = {readonly binary: string; readonly license: string}

/** Downloads it once into `cache`. Throws if the checksum differs. */
export function nodeBinary(architecture: Architecture, cache: string): NodeBinary {
  return fetchedNode(architecture, cache, NODE_VERSION, INTEGRITY[architecture])
}

/** Any other version, without a checksum: for tests only. */
export function fetchedNode(
  architecture: Architecture,
  cache: string,
  version: string,
  integrity?: string,
): NodeBinary {
  const name = `node-linux-${architecture}`
  const folder = join(cache, `${name}-${version}`)
  if (!existsSync(folder)) fetchInto(folder, name, version, integrity)
  return {binary: join(folder, 'package/bin/node'), license: join(folder, 'package/LICENSE')}
}

function fetchInto(folder: string, name: string, version: string, integrity?: string): void {
  const work = `${folder}.${process.pid}`
  mkdirSync(work, {recursive: true})
  try {
    execFileSync('npm', ['pack', '--silent', `${name}@${version}`], {
      cwd: work,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const archive = join(work, `${name}-${version}.tgz`)
    if (integrity !== undefined) verify(archive, integrity)
    execFileSync('tar', ['-xzf', archive, '-C', work, 'package/bin/node', 'package/LICENSE'])
    rmSync(archive)
    renameSync(work, folder)
  } finally {
    rmSync(work, {recursive: true, force: true})
  }
}

function verify(archive: string, expected: string): void {
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (found !== expected) throw new Error(`${archive} is not what is expected: ${found}, not ${expected}`)
}
