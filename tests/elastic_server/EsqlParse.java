import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Scanner;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.xpack.esql.parser.EsqlParser;

/** Reads ES|QL queries, one a line in Base64; prints "ok" or what Elastic's own parser says of each. */
public class EsqlParse {
    public static void main(String[] arguments) {
        LogConfigurator.configureESLogging();
        EsqlParser parser = new EsqlParser();
        Scanner lines = new Scanner(System.in, StandardCharsets.US_ASCII);
        while (lines.hasNextLine()) {
            String query = new String(Base64.getDecoder().decode(lines.nextLine()), StandardCharsets.UTF_8);
            try {
                parser.createStatement(query, null);
                System.out.println("ok");
            } catch (RuntimeException refused) {
                System.out.println(String.valueOf(refused.getMessage()).replace('\n', ' '));
            }
        }
    }
}
