/** A disk that can be full: a small file system of its own where root may mount one, else folders that cannot be written. */
import {execFile, execFileSync} from 'node:child_process'
import {chmod, mkdir, open, rm, type FileHandle} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'

const execute = promisify(execFile)

/** Bytes that are written at once: large ones first, then what is left. */
const BLOCKS = [2 ** 20, 4096]

export class SmallDisk {
  /** `size`: kilobytes. */
  static async mount(folder: string, size: number): Promise<SmallDisk> {
    await mkdir(folder)
    const mount = execute('mount', ['-t', 'tmpfs', '-o', `size=${size}k,mode=755`, 'tmpfs', folder])
    return new SmallDisk(
      folder,
      await mount.then(
        () => true,
        () => false,
      ),
    )
  }

  private constructor(
    private readonly folder: string,
    private readonly mounted: boolean,
  ) {}

  /** From now on nothing can be written. */
  async fill(): Promise<void> {
    if (!this.mounted) return this.allow(0o555)
    const file = await open(this.filler, 'w')
    try {
      for (const size of BLOCKS) await writeUntilFull(file, Buffer.alloc(size, 'x'))
    } finally {
      await file.close()
    }
  }

  async free(): Promise<void> {
    if (!this.mounted) return this.allow(0o755)
    await rm(this.filler)
  }

  /** At once, even if files are open there. */
  close(): void {
    if (this.mounted) execFileSync('umount', ['--lazy', this.folder])
  }

  private get filler(): string {
    return join(this.folder, 'filler')
  }

  private async allow(mode: number): Promise<void> {
    for (const name of ['services', 'generations']) await chmod(join(this.folder, name), mode)
  }
}

async function writeUntilFull(file: FileHandle, block: Buffer): Promise<void> {
  try {
    for (;;) await file.write(block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
