import { Reader, Writer } from 'protobufjs/minimal';

/** One field of a protobuf message, with the bytes that it was read from. */
export interface IField {
  number: number;
  /** Tag and value, as they stand in the file. */
  raw: Uint8Array;
  /** Of texts and messages: the value without its length. */
  value?: Uint8Array;
  /** Of whole numbers. */
  integer?: number;
}

const LENGTH_DELIMITED = 2;
const VARINT = 0;

/**
 * The fields of a message, in their order and unchanged: what is not looked at can be written again byte for byte, whatever
 * version of the format it comes from.
 *
 * @throws RangeError when the bytes are no protobuf message.
 */
export function fieldsOf(bytes: Uint8Array): IField[] {
  const reader = Reader.create(bytes);
  const fields: IField[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const field: Partial<IField> = { number: tag >>> 3 };
    if ((tag & 7) === LENGTH_DELIMITED) {
      field.value = reader.bytes();
    } else if ((tag & 7) === VARINT) {
      field.integer = Number(reader.int64());
    } else {
      reader.skipType(tag & 7);
    }
    field.raw = bytes.subarray(start, reader.pos);
    fields.push(field as IField);
  }
  return fields;
}

/** A field that holds a text or a message. */
export const bytesField = (number: number, value: Uint8Array): Uint8Array =>
  Writer.create()
    .uint32((number << 3) | LENGTH_DELIMITED)
    .bytes(value)
    .finish();

export const textField = (number: number, text: string): Uint8Array =>
  bytesField(number, Buffer.from(text, 'utf8'));

export const integerField = (number: number, value: number): Uint8Array =>
  Writer.create()
    .uint32((number << 3) | VARINT)
    .int64(value)
    .finish();

/** All values of a field that holds texts. */
export const textsIn = (fields: IField[], number: number): string[] =>
  fields
    .filter(field => field.number === number && field.value)
    .map(({ value }) => Buffer.from(value!).toString('utf8'));

/** All values of a field that holds messages. */
export const messagesIn = (fields: IField[], number: number): IField[][] =>
  fields
    .filter(field => field.number === number && field.value)
    .map(({ value }) => fieldsOf(value!));
