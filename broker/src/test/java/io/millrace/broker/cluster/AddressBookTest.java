package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ClusterImages;
import io.millrace.v1.GreetResponse;
import io.millrace.v1.PeerAddress;
import io.millrace.v1.PeerIntroduction;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AddressBookTest {

    private final ClusterImages images = new ClusterImages();
    private final AddressBook book = new AddressBook(1, images::current, List.of("seed:1"));

    @Test
    void shouldKnowWhatGreetingsTold() {
        assertThat(book.address(2)).isEmpty();
        book.learn(List.of(at(2, "told:2"), at(1, "me:1"), at(4, "")));
        assertThat(book.address(2)).contains("told:2");
        assertThat(book.address(1)).as("itself").isEmpty();
        assertThat(book.address(4)).isEmpty();

        book.learn("found:2", greeting(2, 3));
        book.learn(List.of(at(2, "told:2")));
        assertThat(book.address(2)).as("what it says itself counts more").contains("found:2");
        book.learn("older:2", greeting(2, 2));
        assertThat(book.address(2)).contains("found:2");
        assertThat(book.all()).containsExactly("found:2", "seed:1");
    }

    @Test
    void shouldBeBounded() {
        for (int node = 2; node < 5_000; node++) {
            book.learn(List.of(at(node, "host:" + node)));
        }

        assertThat(book.all()).hasSize(2_001);
    }

    @Test
    void shouldTellNothingWithoutAMap() {
        book.learn(List.of(at(2, "told:2")));

        assertThat(images.current()).isSameAs(ClusterImage.EMPTY);
        assertThat(book.told()).isEmpty();
    }

    private static PeerAddress at(int node, String address) {
        return PeerAddress.newBuilder().setNodeId(node).setAddress(address).build();
    }

    private static GreetResponse greeting(int node, long startCounter) {
        return GreetResponse.newBuilder()
                .setPeer(
                        PeerIntroduction.newBuilder().setNodeId(node).setStartCounter(startCounter))
                .build();
    }
}
