// Effects on object storage.
import type { StorageEffect } from "../model/effect.ts";
import type { BlobWrite } from "../storage/port.ts";

export async function applyStorage(effect: StorageEffect, storage: BlobWrite): Promise<void> {
  const { url, content, contentType, cacheControl, metadata, ifAbsent } = effect;
  try {
    await storage.write(url, content, {
      contentType,
      ...(cacheControl && { cacheControl }),
      ...(metadata && { metadata }),
      ...(ifAbsent && { ifAbsent }),
    });
  } catch (error) {
    if (!(ifAbsent && (error as { status?: unknown }).status === 412)) throw error;
  }
}
