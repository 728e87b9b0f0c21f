// Unpacks programs of Debian or Ubuntu into a folder, without installing them and without root. Plain JavaScript without
// dependencies, because it runs before `npm ci`.
//
// Packages come from the mirror that the apt of this machine uses, in a private configuration of apt: it has package lists and
// a cache of its own, and the machine stays as it is. The packages of another suite than the machine's come with the C library
// that they were built with. apt checks the signature of each suite, as always. A machine that does not have the key of a
// suite gets an error that says so (apt: NO_PUBKEY), and nothing is unpacked.
import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'

const execute = promisify(execFile)

/** apt uses this key ring for its Debian sources, if the sources name one. */
const DEBIAN_KEYS = ['gpg', 'pgp'].map((ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`)

/** Names of suites that a mirror of Debian has, for a system that follows none by its code name. */
const COMMON_SUITES = ['stable', 'testing', 'unstable', 'sid']

/**
 * Unpacks `program`, a path such as usr/sbin/nginx, below `folder`/root, with the libraries that it needs. An earlier copy is
 * replaced at the end, and stays if this fails. Rejects with an Error whose message is one line.
 *
 * suite: code name of another suite of Debian, such as trixie; default: what the machine itself has
 * packages: names of packages; optional: names of packages that not every suite has
 * limit: milliseconds after which to give up
 */
export async function unpackProgram({folder, suite, packages, optional = [], program, limit}) {
  const work = join(folder, `fetching.${process.pid}`)
  const signal = AbortSignal.timeout(limit)
  try {
    await requirePrograms()
    const apt = await openApt(work, suite, signal)
    await apt.update()
    await apt.unpack(await apt.complete([...packages, 'patchelf'], optional), join(work, 'root'))
    await bind(join(work, 'root'), join(folder, 'root'), program)
    await rm(join(folder, 'root'), {recursive: true, force: true})
    await rename(join(work, 'root'), join(folder, 'root'))
  } catch (error) {
    throw new Error(signal.aborted ? `this took more than ${limit / 1000} s` : reasonOf(error), {
      cause: error,
    })
  } finally {
    await rm(work, {recursive: true, force: true})
  }
}

async function requirePrograms() {
  for (const program of ['apt-get', 'dpkg-deb']) {
    const missing = await execute(program, ['--version']).catch((error) => error)
    if (missing instanceof Error) throw new Error(`there is no ${program}`)
  }
}

/** apt with folders below `work`. Without `suite`: from the sources of the machine. */
async function openApt(work, suite, signal) {
  for (const name of ['lists/partial', 'cache/archives/partial', 'packages', 'root']) {
    await mkdir(join(work, name), {recursive: true})
  }
  const configuration = join(work, 'apt.conf')
  await writeFile(configuration, settings(work))
  if (suite !== undefined) await limitToSuite(work, suite)
  const run = (program, parameters, cwd = work) =>
    execute(program, ['-c', configuration, ...parameters], {cwd, signal, maxBuffer: 2 ** 26})
  return {
    update: () => run('apt-get', ['update']),
    complete: async (names, optional) => {
      const known = await run('apt-cache', ['pkgnames'])
      const all = [...names, ...optional.filter((name) => known.stdout.split('\n').includes(name))]
      const {stdout} = await run('apt-cache', ['depends', '--recurse', '--important', ...all])
      return withLibraries(all, dependenciesIn(stdout))
    },
    unpack: async (names, root) => {
      await run('apt-get', ['download', ...names], join(work, 'packages'))
      await unpackAll(join(work, 'packages'), root)
    },
  }
}

/** The empty status says that nothing is installed, so that apt only considers packages that the mirror has. */
function settings(work) {
  return `
Dir::State::Lists "${work}/lists";
Dir::State::status "/dev/null";
Dir::Cache "${work}/cache";
Dir::Cache::pkgcache "packages.bin";
Dir::Cache::srcpkgcache "";
Debug::NoLocking "true";
Acquire::Languages "none";
APT::Update::Error-Mode "any";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
${process.getuid() === 0 ? 'APT::Sandbox::User "root"; // as another user, apt could not write here' : ''}
`
}

/** Replaces the sources of the machine by one further suite of its own mirror. */
async function limitToSuite(work, suite) {
  const mirror = await ownMirror(join(work, 'apt.conf'))
  if (mirror === undefined) throw new Error('apt has no source with packages of Debian')
  const keys = DEBIAN_KEYS.find((path) => existsSync(path))
  const source = `deb ${keys ? `[signed-by=${keys}] ` : ''}${mirror} ${suite} main\n`
  await writeFile(join(work, 'sources.list'), source)
  const sources = `Dir::Etc::sourcelist "${work}/sources.list";\nDir::Etc::sourceparts "/dev/null";\n`
  await writeFile(join(work, 'apt.conf'), settings(work) + sources)
}

/** The address of the mirror that has the suite of this Debian; undefined on other systems. */
async function ownMirror(configuration) {
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID=debian$/m.test(system)) return
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(system)?.[1]
  // Lists no package, downloads nothing, and needs no lists: the private configuration has none yet.
  const {stdout} = await execute('apt-get', ['-c', configuration, 'update', '--print-uris'])
  const sources = [...stdout.matchAll(/^'(\S+)\/dists\/(\S+)\/InRelease'/gm)]
  const suites = [codename, ...COMMON_SUITES]
  return suites.map((suite) => sources.find((source) => source[2] === suite)?.[1]).find(Boolean)
}

/** From the output of `apt-cache depends`: the names of the packages that each package depends on. */
function dependenciesIn(output) {
  const all = new Map()
  let current = []
  for (const line of output.split('\n')) {
    const needed = /^ [ |](?:Pre)?Depends: ([^<]\S*)$/.exec(line)?.[1]
    if (needed) current.push(needed)
    else if (/^[^\s<]\S*$/.test(line)) all.set(line, (current = []))
  }
  return all
}

/** These packages and all libraries that they need, but no other packages, such as programs and settings. */
function withLibraries(names, dependencies) {
  const all = new Set(names)
  for (const name of all) {
    for (const each of (dependencies.get(name) ?? []).filter(isLibrary)) all.add(each)
  }
  return [...all]
}

function isLibrary(name) {
  return /^(lib(?!c-bin|nginx-)|zlib1g$)/.test(name)
}

async function unpackAll(packages, root) {
  for (const name of await readdir(packages)) {
    await execute('dpkg-deb', ['-x', join(packages, name), root])
    await rm(join(packages, name))
  }
}

/**
 * Makes the program below `root` start with the loader and libraries that lie beside it, once `root` is renamed to `home`. A
 * wrapper script would not do: /proc shows the name of the program, and lbex finds its NGINX by that.
 */
async function bind(root, home, program) {
  const loader = (await libraryFolders(root)).find(({files}) => files.some(isLoader))
  if (loader === undefined) throw new Error(`the packages of ${program} have no loader for programs`)
  const name = loader.files.find(isLoader)
  const folders = (await libraryFolders(root)).map(({folder}) => join(root, folder))
  const editing = [join(root, 'usr/bin/patchelf'), '--set-interpreter', join(home, loader.folder, name)]
  // RPATH instead of RUNPATH: it also applies to the libraries of libraries, and of modules.
  editing.push('--force-rpath', '--set-rpath', folders.map((each) => each.replace(root, home)).join(':'))
  const start = [join(root, loader.folder, name), '--library-path', folders.join(':')]
  await execute(start[0], [...start.slice(1), ...editing, join(root, program)])
}

function isLoader(name) {
  return /^ld-linux\S*\.so\.\d+$/.test(name)
}

/** Folders for the libraries of one architecture, such as usr/lib/x86_64-linux-gnu. */
async function libraryFolders(root) {
  const found = []
  for (const parent of ['usr/lib', 'lib']) {
    const entries = await readdir(join(root, parent), {withFileTypes: true}).catch(() => [])
    for (const {name} of entries.filter((entry) => entry.isDirectory() && entry.name.includes('-linux-'))) {
      found.push({folder: join(parent, name), files: await readdir(join(root, parent, name))})
    }
  }
  return found
}

/** The first error of apt, or the last line of another program. */
function reasonOf(error) {
  const lines = String(error.stderr || error.message)
    .trim()
    .split('\n')
  return lines.find((line) => line.startsWith('E: ')) ?? lines.at(-1)
}
