/**
 * Root folders of a Debian, made once into .cache/ with debootstrap: a slim one such as containers start from, and one with
 * systemd and NGINX, which can be booted. Needs root; where one cannot be had, the tests that want it are skipped.
 */
import {execFile} from 'node:child_process'
import {existsSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {root} from '../commands/lbex.js'
import {whyNoProgram, whyNotRoot} from '../support/skip.js'

/** What the packages are tested on: the oldest release that they support. */
export const PACKAGES_SUITE = 'bookworm'
const cache = join(root, '.cache')

/** Why there can be no such folder here; undefined where there can. */
export function whyNoDebian(): string | undefined {
  return (
    whyNotRoot('make and start a Debian in a folder') ??
    whyNoProgram('debootstrap') ??
    whyNoProgram('systemd-nspawn', 'systemd-container')
  )
}

export function slimRoot(suite = PACKAGES_SUITE): Promise<string> {
  return made(`debian-${suite}-slim`, async (folder) => {
    await execute('debootstrap', '--variant=minbase', suite, folder)
  })
}

export function machineRoot(): Promise<string> {
  return made(`debian-${PACKAGES_SUITE}-machine-dbus`, async (folder) => {
    await execute('cp', '-a', await slimRoot(), folder)
    const packages = ['systemd', 'systemd-sysv', 'dbus', 'nginx', 'libnginx-mod-stream']
    await inFolder(folder, 'apt-get', 'install', '-qq', '--no-install-recommends', ...packages)
    // As on a host whose port 80 is wanted for something else.
    await inFolder(folder, 'systemctl', 'disable', 'nginx')
  })
}

/** Runs a program with `folder` for its root, as root, with the network of this host. What it starts ends with it. */
export function inFolder(folder: string, ...command: readonly string[]): Promise<string> {
  const options = [
    '--quiet',
    '--register=no',
    '--keep-unit',
    '--pipe',
    '--setenv=DEBIAN_FRONTEND=noninteractive',
  ]
  return execute('systemd-nspawn', ...options, '-D', folder, ...command)
}

const run = promisify(execFile)

/** Standard output of a program that succeeds; rejects with all that it said where it does not. */
export async function execute(command: string, ...parameters: readonly string[]): Promise<string> {
  try {
    return (await run(command, parameters, {maxBuffer: 2 ** 26})).stdout
  } catch (error) {
    const {message, stdout} = error as {message: string; stdout?: string}
    throw new Error(`${message}\n${stdout ?? ''}`, {cause: error})
  }
}

async function made(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  const work = `${folder}.${process.pid}`
  try {
    await make(work)
    renameSync(work, folder)
  } finally {
    rmSync(work, {recursive: true, force: true})
  }
  return folder
}
