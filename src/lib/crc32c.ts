// CRC-32C (Castagnoli), as Go's hash/crc32 has it; Node knows only the other polynomial.

const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** Of the UTF-8 bytes, as an unsigned number. */
export function crc32c(text: string): number {
  let value = ~0;
  for (const byte of Buffer.from(text)) value = TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}
