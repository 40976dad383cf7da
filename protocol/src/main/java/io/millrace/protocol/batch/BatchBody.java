package io.millrace.protocol.batch;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/** Compresses and decompresses the bodies of batches. Thread-safe. */
final class BatchBody {
    private static final LZ4Factory LZ4 = LZ4Factory.fastestInstance();
    private static final int ZSTD_LEVEL = 3;

    private BatchBody() {}

    /**
     * Compresses into a new array with room for the header before the body; null if that is not
     * smaller, so that the body is better left as it is.
     */
    static byte[] compress(Compression compression, byte[] plain, int from, int length) {
        byte[] target = new byte[BatchHeader.SIZE + bound(compression, length)];
        int written =
                compression == Compression.LZ4
                        ? LZ4.fastCompressor()
                                .compress(
                                        plain,
                                        from,
                                        length,
                                        target,
                                        BatchHeader.SIZE,
                                        target.length - BatchHeader.SIZE)
                        : zstd(plain, from, length, target);
        if (written >= length) {
            return null;
        }
        return Arrays.copyOf(target, BatchHeader.SIZE + written);
    }

    /** The records' bytes; for uncompressed batches a view, else a new array. */
    static ByteBuffer decompress(BatchHeader header, ByteBuffer body) {
        if (header.compression() == Compression.NONE) {
            return body;
        }
        byte[] source = new byte[header.bodyLength()];
        body.duplicate().get(source);
        byte[] target = new byte[header.uncompressedSize()];
        int written;
        try {
            written =
                    header.compression() == Compression.LZ4
                            ? LZ4.safeDecompressor()
                                    .decompress(source, 0, source.length, target, 0, target.length)
                            : unzstd(source, target);
        } catch (LZ4Exception | ZstdException e) {
            throw new CorruptBatchException(
                    "body", BatchHeader.SIZE, "is not valid " + header.compression(), e);
        }
        if (written != target.length) {
            throw new CorruptBatchException(
                    "uncompressed size",
                    BatchHeader.AT_UNCOMPRESSED_SIZE,
                    target.length + "; the body decompresses to " + written + " bytes");
        }
        return ByteBuffer.wrap(target);
    }

    private static int bound(Compression compression, int length) {
        return compression == Compression.LZ4
                ? LZ4.fastCompressor().maxCompressedLength(length)
                : Math.toIntExact(Zstd.compressBound(length));
    }

    private static int zstd(byte[] plain, int from, int length, byte[] target) {
        try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(ZSTD_LEVEL)) {
            return context.compressByteArray(
                    target,
                    BatchHeader.SIZE,
                    target.length - BatchHeader.SIZE,
                    plain,
                    from,
                    length);
        }
    }

    private static int unzstd(byte[] source, byte[] target) {
        try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
            return context.decompressByteArray(target, 0, target.length, source, 0, source.length);
        }
    }
}
