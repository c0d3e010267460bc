using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Fleet.Server.Identity;

/// <summary>Encrypts those keys by the cell's.</summary>
internal sealed class CellKeyEncryptor(CellKey key) : IXmlEncryptor
{
    internal const string Purpose = "protection key";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
        new(new XElement("cellKey", key.Encrypt(plaintextElement.ToString(SaveOptions.DisableFormatting), Purpose)), typeof(Decryptor));

    /// <summary>Made by the framework, which has the type's name from the stored key.</summary>
    internal sealed class Decryptor(IServiceProvider services) : IXmlDecryptor
    {
        public XElement Decrypt(XElement encryptedElement) =>
            XElement.Parse(services.GetRequiredService<CellKey>().Decrypt(encryptedElement.Value, Purpose));
    }
}
